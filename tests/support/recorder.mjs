// A server on this machine. It answers as the test says, also to pages of other origins, and records its requests.

import { createServer } from "node:http";
import { portOf } from "./port.mjs";

/**
 * A request that the server received.
 * @typedef {object} Recorded
 * @property {string} method
 * @property {string} path
 * @property {string} [target] the URL in `x-fal-target-url`
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string} body
 * @property {Promise<void>} closed
 */

/** @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown }} Given */

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  // Name each method: a `*` does not stand for all of them.
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
};

/**
 * Starts such a server.
 *
 * - `answer(request)`: returns `{ status, headers, body }` for `{ method, path, target, headers, body, closed }`. `target` is
 *   the URL in `x-fal-target-url`. `closed` resolves when the response is closed. A returned `body` that is no string is sent
 *   as JSON. If `answer` returns nothing, the connection breaks
 * - `url`: its origin
 * - `requests`: the requests that it received, without preflights
 * - `stop()`: stops it
 * @param {(request: Recorded) => Given | undefined | void | Promise<Given | undefined | void>} answer
 */
export async function startRecorder(answer) {
  /** @type {Recorded[]} */
  const requests = [];
  const server = createServer(async (incoming, outgoing) => {
    // Name the headers: Firefox and WebKit do not accept `*` for `authorization`.
    const allowed = incoming.headers["access-control-request-headers"];
    const cors = { ...CORS, ...(allowed && { "access-control-allow-headers": allowed }) };
    if (incoming.method === "OPTIONS") return outgoing.writeHead(204, cors).end();
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url: path = "", headers } = incoming;
    const target = /** @type {string | undefined} */ (headers["x-fal-target-url"]);
    /** @type {Promise<void>} */
    const closed = new Promise((resolve) => outgoing.once("close", resolve));
    const request = { method, path, target, headers, body: Buffer.concat(chunks).toString(), closed };
    requests.push(request);
    const given = await answer(request);
    if (!given) return outgoing.destroy();
    const { status = 200, headers: more = {}, body = {} } = given;
    const type = typeof body === "string" ? {} : { "content-type": "application/json" };
    outgoing.writeHead(status, { ...cors, ...type, ...more });
    outgoing.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${portOf(server)}`, requests, stop };
}
