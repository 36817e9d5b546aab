// A server with a page, the built package, and a service worker that passes requests on. It is also a storage, which answers
// an upload only when the test lets it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { portOf } from "./port.mjs";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const WORKER = `
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
`;

/**
 * Starts it: `{ url, begun(), completed(), puts, release(count), stop() }`. `begun` counts the uploads of bytes that have
 * started to arrive, and `completed` the files that were assembled from parts. `puts` are the uploads that have arrived whole,
 * `{ path, size }`. Each waits for its answer until `release` lets it go: `count` of them, or by default all.
 */
export async function startStorage() {
  /** @type {{ path: string, size: number }[]} */
  const puts = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  let initiated = 0;
  let begun = 0;
  let completed = 0;
  let free = 0;

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const send = (/** @type {string} */ type, /** @type {string | Buffer} */ body, status = 200) => response.writeHead(status, { "content-type": type }).end(body);
    if (pathname === "/") return send("text/html", "<!doctype html><title>storage</title><input type=file>");
    if (pathname === "/worker.js") return send("text/javascript", WORKER);
    if (pathname.startsWith("/fal-wasm/")) return send("text/javascript", await readFile(dist + pathname.slice("/fal-wasm/".length)));
    if (pathname === "/proxy") {
      initiated++;
      const origin = `http://${request.headers.host}`;
      return send("application/json", JSON.stringify({ upload_url: `${origin}/put/${initiated}?sign=1`, file_url: `${origin}/file/${initiated}` }));
    }
    if (pathname.endsWith("/complete")) completed++;
    if (request.method !== "PUT") return send("application/json", "{}", pathname.startsWith("/file/") ? 206 : 200);
    begun++;
    const size = await sizeOf(request);
    // The client has cut this upload off, so it waits for no answer.
    if (size === undefined) return;
    puts.push({ path: pathname, size });
    if (free > 0) free--;
    else await new Promise((go) => waiting.push(() => go(undefined)));
    send("application/json", JSON.stringify({ etag: `"${pathname}"` }));
  });
  // No time limit for requests, because this server is used to test slow lines.
  server.requestTimeout = 0;
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    puts,
    begun: () => begun,
    completed: () => completed,
    release(count = Infinity) {
      const going = waiting.splice(0, count);
      free += count - going.length;
      for (const go of going) go();
    },
    stop: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}

/**
 * The number of bytes in a request that arrives whole. `undefined` if it is cut off.
 * @param {import("node:http").IncomingMessage} request
 */
async function sizeOf(request) {
  let size = 0;
  try {
    for await (const chunk of request) size += chunk.length;
    return size;
  } catch {
    return undefined;
  }
}
