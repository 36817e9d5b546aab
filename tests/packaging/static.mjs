// A plain web server for built apps. Each row chooses the headers.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { portOf } from "../support/port.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/**
 * Serves a folder on a free port.
 * @param {string} folder
 * @param {Record<string, string>} headers for every answer
 * @param {(path: string) => boolean} breaks whether to answer this request with 503
 */
export async function serve(folder, headers = {}, breaks = () => false) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(folder, path.normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    if (breaks(pathname)) return response.writeHead(503).end();
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    // No charset: modules are UTF-8 in any case, and other files must declare it themselves.
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "cache-control": "no-store", ...headers });
    return createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
