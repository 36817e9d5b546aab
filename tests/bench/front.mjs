// A web server for cold starts. It compresses files as a real host does, records when the first submit arrives, and
// passes the submit on to the emulator.
import { readFileSync } from "node:fs";
import { createServer, request as send } from "node:http";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { portOf } from "../support/port.mjs";

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
