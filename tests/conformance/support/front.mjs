// The network for the browser of these tests: one TLS server (HTTP/2, as in production) that plays every host. It records
// each request exactly as the client sent it. The scenario's script or the emulator answers it.
import { createSecureServer } from "node:http2";
import { makeCertificate } from "./certificate.mjs";
import { forward, tunnel } from "./forward.mjs";
import { host, isPage, laneOf, makeLane, url } from "./lane.mjs";
import { play, preflight } from "./script.mjs";
import { playSocket } from "./socket.mjs";
import { portOf } from "../../support/port.mjs";

/** With HTTP/2's default of 64 KiB, large uploads would often wait for this process. */
const WINDOW_BYTES = 2 ** 24;

/**
 * Starts the server. `emulator` is the emulator's URL. `serve(lane, path)` returns a page's own files as `{ type, body }`.
 *
 * - `browserArgs`: the arguments that make Chromium find every host here
 * - `lane(name)`: the origin of a page, and the requests of that page: `{ origin, begin(answers), end() }`
 */
export async function startFront({ emulator, serve }) {
  const network = { emulator, serve, lanes: new Map() };
  const server = createSecureServer({ ...makeCertificate(), allowHTTP1: true, settings: { initialWindowSize: WINDOW_BYTES } });
  server.on("session", (session) => session.setLocalWindowSize(WINDOW_BYTES * 4));
  server.on("request", (request, response) => {
    // If the client disconnects, that is no failure of this server.
    answer(network, request, response).catch(() => response.destroy?.());
  });
  server.on("upgrade", (...socket) => openSocket(network, ...socket));
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  return {
    browserArgs: [`--host-resolver-rules=MAP * 127.0.0.1:${portOf(server)}`, "--ignore-certificate-errors"],
    lane(name) {
      const lane = makeLane(name);
      network.lanes.set(lane.origin, lane);
      return lane;
    },
    /** Stops the server. Close the browser first: it ends the connections. */
    stop: () => new Promise((closed) => server.close(closed)),
  };
}

async function answer({ emulator, serve, lanes }, request, response) {
  const lane = laneOf(lanes, request);
  if (request.method === "OPTIONS") return preflight(request, response);
  if (isPage(host(request)) && !request.url.startsWith("/api/")) return page(serve, lane, request, response);
  // Requests that remain from an earlier scenario must not reach the emulator while another scenario runs.
  if (!lane?.isOpen) return response.writeHead(503, { "access-control-allow-origin": "*" }).end();
  const noted = { method: request.method, url: url(request), headers: request.headers, body: Buffer.alloc(0) };
  lane.requests.push(noted);
  noted.body = await read(request);
  const target = request.headers["x-fal-target-url"] ?? noted.url;
  const scripted = lane.script.take(request.method, target);
  return scripted ? play(scripted, response) : forward({ emulator, noted, response });
}

async function page(serve, lane, request, response) {
  const { type, body } = (await serve(lane?.name, request.url)) ?? { type: "text/plain", body: null };
  response.writeHead(body === null ? 404 : 200, { "content-type": type });
  response.end(body ?? "Not Found");
}

function openSocket({ emulator, lanes }, request, socket, head) {
  const lane = laneOf(lanes, request);
  const to = url(request).replace("https:", "wss:");
  if (!lane?.isOpen) return socket.destroy();
  const { requests } = lane;
  const note = (method) => (body) => requests.push({ method, url: to, headers: {}, body });
  note("WEBSOCKET")(Buffer.alloc(0));
  const scripted = lane.script.take("WEBSOCKET", to);
  if (!scripted) return tunnel({ emulator, request, socket, head });
  socket.on("error", () => {});
  if (scripted.status) return socket.end(`HTTP/1.1 ${scripted.status} No\r\ncontent-length: 0\r\n\r\n`);
  const onClose = (code) => note("CLOSE")(Buffer.from(String(code)));
  return playSocket({ request, socket, steps: scripted.steps, onMessage: note("MESSAGE"), onClose });
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
