// An HTTPS proxy behind which the emulator plays fal.ai's hosts. A client that gets it only from the environment (HTTPS_PROXY)
// speaks TLS to the real host names, and needs no changes.
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { TARGET, isFal } from "./redirect.mjs";
import { portOf } from "../../support/port.mjs";

/**
 * Starts the proxy for an emulator's origin. It uses `key` and `cert` (PEM) for every host of fal.ai. It refuses tunnels to
 * other hosts and records them in `refused`.
 *
 * @returns {Promise<{url: string, refused: string[], stop: () => Promise<void>}>}
 */
export async function startTunnel(emulatorUrl, { key, cert }) {
  const refused = [];
  const sockets = new Set();
  const agent = new http.Agent({ keepAlive: true });
  const inside = https.createServer({ key, cert });
  inside.on("request", (request, response) => forward(emulatorUrl, agent, request, response));
  inside.on("upgrade", (request, socket, head) => upgrade(emulatorUrl, request, socket, head));
  const proxy = http.createServer((_, response) => response.writeHead(405).end());
  proxy.on("connection", (socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
  proxy.on("connect", ({ url: authority = "" }, socket) => {
    socket.on("error", () => socket.destroy());
    if (isFal(authority.replace(/:443$/, ""))) {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      return inside.emit("connection", socket);
    }
    refused.push(authority);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(undefined)));
  const stop = async () => {
    sockets.forEach((socket) => socket.destroy());
    agent.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  };
  return { url: `http://127.0.0.1:${portOf(proxy)}`, refused, stop };
}

/** Passes a request on to the emulator's proxy route, and streams the answer back. */
function forward(emulatorUrl, agent, request, response) {
  const { host, ...headers } = request.headers;
  const options = { agent, method: request.method, headers: { ...headers, [TARGET]: `https://${host}${request.url}` } };
  const onward = http.request(`${emulatorUrl}/api/fal/proxy`, options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  // If the emulator drops the connection, drop this one, too.
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** Connects a WebSocket to the emulator's direct route for that host. The proxy route has no WebSockets. */
function upgrade(emulatorUrl, request, socket, head) {
  const { hostname, port, host } = new URL(emulatorUrl);
  const onward = net.connect(Number(port), hostname);
  const lines = [`${request.method} /${request.headers.host}${request.url} HTTP/1.1`];
  for (const [name, value] of Object.entries({ ...request.headers, host })) lines.push(`${name}: ${value}`);
  onward.write(`${lines.join("\r\n")}\r\n\r\n`);
  onward.write(head);
  onward.pipe(socket).pipe(onward);
  for (const end of [socket, onward]) end.on("error", () => (socket.destroy(), onward.destroy()));
  // A side may close without an end that the pipe would pass on. The other side's client would wait for it for ever.
  onward.on("close", () => socket.destroySoon());
  socket.on("close", () => onward.destroy());
}
