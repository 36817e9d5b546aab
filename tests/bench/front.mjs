// A web server before the emulator. It compresses files as a real host does, records when the first submit arrives, and
// sends streams whose events come in chunks of 8 KB.
import { readFileSync } from "node:fs";
import { createServer, request as send } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync } from "node:zlib";
import { portOf } from "../support/port.mjs";

/** The model whose streams come in chunks. All other calls go on to the emulator. */
export const CHUNKS_ID = "bench/chunks";
const CHUNK_BYTES = 8192;

const TYPES = { ".html": "text/html", ".js": "text/javascript" };

/**
 * Serves a folder, and passes calls of the proxy route on to the emulator at `upstream`.
 * - `next(page)`: resolves with `{ ms, body }` of the next submit. `ms` is the time since the page was requested
 * @param {string} folder
 * @param {string} upstream
 */
export async function startFront(folder, upstream) {
  const packed = new Map();
  let pageAt = 0;
  /** @type {string | undefined} */
  let page;
  /** @type {(submit: { ms: number, body: string }) => void} */
  let found = () => {};

  function file(name) {
    if (!packed.has(name)) packed.set(name, brotliCompressSync(readFileSync(path.join(folder, name))));
    return packed.get(name);
  }

  const server = createServer((request, response) => {
    if (request.method === "GET" && request.headers["x-fal-target-url"] === undefined) {
      if (request.url === page) pageAt = performance.now();
      const type = TYPES[path.extname(request.url ?? "")];
      if (!type) return response.writeHead(404).end();
      return response.writeHead(200, { "content-type": type, "content-encoding": "br" }).end(file(request.url));
    }
    if (request.headers["x-fal-target-url"]?.includes(`/${CHUNKS_ID}`)) return sendChunks(request, response);
    const ms = performance.now() - pageAt;
    const { method, url, headers } = request;
    const onward = send(`${upstream}${url}`, { method, headers }, (answer) => {
      response.writeHead(Number(answer.statusCode), answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    /** @type {Buffer[]} */
    const body = [];
    request.on("data", (chunk) => body.push(chunk));
    request.on("end", () => method === "POST" && found({ ms, body: Buffer.concat(body).toString() }));
    return request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    /** @param {string} wanted */
    next(wanted) {
      page = wanted;
      /** @type {Promise<{ ms: number, body: string }>} */
      const submit = new Promise((resolve) => (found = resolve));
      return submit;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with as many events as the input says, in chunks that the page reads one by one. */
async function sendChunks(request, response) {
  const { events } = JSON.parse(await text(request));
  const lines = Array.from({ length: events }, (_, index) => `data: ${JSON.stringify({ index, text: `event ${index}` })}\n\n`);
  const body = Buffer.from(lines.join(""));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    response.write(body.subarray(at, at + CHUNK_BYTES));
    await setImmediate();
  }
  response.end();
}
