// The server between the pages and the emulator. It passes everything on, except calls by a route with trouble
// (page/routes.js). With the same seed, the same calls of a route get the same trouble.
import { createServer } from "node:http";
import { random } from "../page/random.js";
import { ELSEWHERE, WORKER_PATH } from "../page/routes.js";
import { sharedCache } from "./cache.mjs";
import { forward } from "./forward.mjs";
import { outages, play } from "./outages.mjs";
import { portOf } from "../../support/port.mjs";

const PROXY = /^\/proxies\/([a-z-]+)/;
const EMULATED_PROXY = "/api/fal/proxy";
/** The path to which the service worker reports every replay, so that the run can count them. */
const REPORT = "/chaos/replayed";
const MAX_AGE = { "cache-control": "max-age=5" };

/**
 * Starts the server in front of the emulator at this URL.
 *
 * - `url`: the origin of the pages
 * - `begin({ seed, between, lengths })`: starts the trouble from the beginning. For the last two, see outages.mjs
 * - `figures()`: since then, how many answers the caches replayed, the service worker replayed, and outages replaced
 * - `stop()`
 */
export async function startFront(emulator) {
  let trouble = begin({ seed: 0, between: [10, 10], lengths: [1, 1] });
  const server = createServer((request, response) => answer(emulator, trouble, request, response));
  // Never close an idle connection: if it closes while a browser sends a request, the browser sends the request twice.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    begin: (options) => void (trouble = begin(options)),
    figures: () => ({
      cached: trouble.cdn.replayed() + trouble.deafCdn.replayed(),
      worker: trouble.worker,
      spoiled: trouble.redeployed.spoiled(),
    }),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {{ seed: number, between: [number, number], lengths: [number, number] }} options */
function begin({ seed, ...ofOutages }) {
  return {
    cdn: sharedCache(random(seed + 1), { isDeaf: false }),
    deafCdn: sharedCache(random(seed + 2), { isDeaf: true }),
    redeployed: outages(random(seed + 3), ofOutages),
    worker: 0,
  };
}

function answer(emulator, trouble, request, response) {
  const [, route] = PROXY.exec(request.url) ?? [];
  const pass = (options = {}) => forward({ emulator, path: pathOf(request, route), request, response, ...options });
  if (request.url === REPORT) {
    trouble.worker += 1;
    return response.writeHead(204).end();
  }
  switch (route) {
    case "max-age":
      return pass({ more: request.method === "GET" ? MAX_AGE : {} });
    case "cdn":
      return trouble.cdn.answer(request, response, pass);
    case "deaf-cdn":
      return trouble.deafCdn.answer(request, response, pass);
    case "redeployed": {
      const outage = trouble.redeployed.next();
      if (!outage) return pass();
      // Process a cancel before an empty answer. Fal may answer a cancel with no body, so this means that it has arrived.
      const isCancelTaken = request.method === "PUT" && !outage.body;
      return outage.isProcessed || isCancelTaken ? pass({ instead: () => play(outage, response) }) : play(outage, response);
    }
    case ELSEWHERE:
      return unknownRequest(request, response);
    default:
      return pass();
  }
}

function pathOf({ url }, route) {
  if (route) return EMULATED_PROXY;
  return url.startsWith(`${WORKER_PATH}/`) ? url.slice(WORKER_PATH.length) : url;
}

/** Answers as fal does for a request that it does not know. */
function unknownRequest(request, response) {
  const isStatus = /\/status(\/stream)?(\?|$)/.test(request.headers["x-fal-target-url"] ?? "");
  const body = isStatus ? { status: "NOT_FOUND" } : { detail: "Request not found" };
  request.resume();
  response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify(body));
}
