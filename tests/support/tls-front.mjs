// A server with TLS in front of the emulator, as in production. Over HTTP/2 a browser sends all requests to a host through one
// connection. Over HTTP/1.1 it opens six.

import { Agent, request as send } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import { makeCertificate } from "../conformance/support/certificate.mjs";
import { portOf } from "./port.mjs";

/** @typedef {import("node:http").IncomingMessage | import("node:http2").Http2ServerRequest} Request */
/** @typedef {import("node:http").ServerResponse} Response HTTP/2 has the same methods */

/** Headers that belong to one connection and are not passed on. HTTP/2 forbids them. */
const OF_CONNECTION = /^(:|connection$|keep-alive$|transfer-encoding$|upgrade$|proxy-connection$|host$)/;

/**
 * Starts it in front of the server at `upstream`. Its certificate is self-signed, so a browser's context needs
 * `ignoreHTTPSErrors`.
 *
 * @param {{ upstream: string, version: "2" | "1.1", headers?: Record<string, string> }} options
 * `headers` are added to each answer
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} its origin; `stop` also breaks open connections
 */
export async function startTlsFront({ upstream, version, headers = {} }) {
  const certificate = makeCertificate("localhost");
  const agent = new Agent({ keepAlive: true });
  /** @type {Set<import("node:stream").Duplex>} */
  const connections = new Set();
  /** @type {(request: Request, response: Response | import("node:http2").Http2ServerResponse) => void} */
  const answer = (request, response) => forward({ upstream, agent, headers, request, response: /** @type {Response} */ (response) });
  const server = version === "2" ? createSecureServer(certificate, answer) : createServer(certificate, answer);
  server.on("secureConnection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  return {
    url: `https://127.0.0.1:${portOf(server)}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connections) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

/**
 * Passes a request on, and streams the answer back.
 * @param {{ upstream: string, agent: Agent, headers: Record<string, string>, request: Request, response: Response }} given
 */
function forward({ upstream, agent, headers, request, response }) {
  const { method, url } = request;
  const host = String(request.headers[":authority"] ?? request.headers.host);
  const onward = send(`${upstream}${url}`, { method, agent, headers: { ...kept(request.headers), host } }, (answer) => {
    response.writeHead(Number(answer.statusCode), { ...kept(answer.headers), ...headers });
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** @param {import("node:http").IncomingHttpHeaders} headers */
function kept(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.test(name)));
}
