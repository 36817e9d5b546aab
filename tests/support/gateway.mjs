// A server between a page and the emulator. Tests replace its answers by those that real proxies, caches and login pages give.
import http from "node:http";
import { startClient } from "./client.mjs";
import { portOf } from "./port.mjs";

/** @typedef {http.ServerResponse} Response */

/**
 * A request that came to the gateway.
 * @typedef {object} Call
 * @property {string} method
 * @property {string} url
 * @property {string} target
 * @property {http.IncomingHttpHeaders} headers
 * @property {boolean} isOpen
 */

/** @typedef {{ status: number, headers: http.IncomingHttpHeaders, body: string }} Reply */
/** @typedef {(reply: Reply) => Reply} Change */
/** @typedef {(response: Response, call: Call, forward: (change?: Change) => void) => unknown} Answer */

/**
 * Starts a client with these options. The origin of its page is a gateway. Resolves with `{ client, gateway, reset, stop }`.
 * `reset` removes the gateway's rules and loads the page again. Its clock keeps its speed.
 * @param {Parameters<typeof startClient>[0]} [options]
 */
export async function startBehindGateway(options) {
  const client = await startClient(options);
  const gateway = await startGateway(client.emulator.url);
  return {
    client,
    gateway,
    async reset() {
      gateway.reset();
      await client.reset({ origin: gateway.url });
    },
    async stop() {
      await client.stop();
      await gateway.stop();
    },
  };
}

/**
 * Starts a server that passes requests on to the emulator at `emulatorUrl`, unless a rule answers them.
 *
 * - `url`: its origin
 * - `calls`: the requests that came, oldest first: `{ method, url, target, headers, isOpen }`. `isOpen` is false after the
 *   whole answer, or when the connection closes. `target` is the URL that the proxy was asked for, or the path
 * - `when(part, answer, { method, times })`: answers the next `times` calls (by default, all) whose target contains `part`
 *   with `answer(response, call, forward)`. `forward(change)` passes the call on. `change` may replace
 *   `{ status, headers, body }` of the answer; it gets the body as a string
 * - `reset()`: forgets rules and calls
 * - `stop()`
 * @param {string} emulatorUrl
 */
export async function startGateway(emulatorUrl) {
  const emulator = new URL(emulatorUrl);
  const agent = new http.Agent({ keepAlive: true });
  /** @type {{ part: string, answer: Answer, method: string | undefined, left: number }[]} */
  let rules = [];
  /** @type {Call[]} */
  const calls = [];

  const server = http.createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const target = String(headers["x-fal-target-url"] ?? url);
    const call = { method, url, target, headers, isOpen: true };
    response.on("close", () => (call.isOpen = false));
    calls.push(call);
    /** @type {(change?: Change) => void} */
    const forward = (change) => handOn({ request, response, emulator, agent, change });
    const rule = rules.find(({ part, method, left }) => left > 0 && target.includes(part) && (!method || method === request.method));
    if (!rule) return forward();
    rule.left -= 1;
    return rule.answer(response, call, forward);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    calls,
    /**
     * @param {string} part
     * @param {Answer} answer
     * @param {{ method?: string, times?: number }} [options]
     */
    when(part, answer, { method, times = Infinity } = {}) {
      rules.push({ part, answer, method, left: times });
    },
    reset() {
      rules = [];
      calls.length = 0;
    },
    async stop() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * @param {{ request: http.IncomingMessage, response: Response, emulator: URL, agent: http.Agent, change: Change | undefined }} given
 */
function handOn({ request, response, emulator, agent, change }) {
  const { hostname, port, host } = emulator;
  const options = { hostname, port, agent, method: request.method, path: request.url, headers: { ...request.headers, host } };
  const onward = http.request(options, async (answer) => {
    if (!change) {
      response.writeHead(Number(answer.statusCode), answer.headers);
      answer.on("error", () => response.destroy());
      return answer.pipe(response);
    }
    const chunks = await answer.toArray();
    const changed = change({ status: Number(answer.statusCode), headers: { ...answer.headers }, body: Buffer.concat(chunks).toString() });
    // These headers describe the original body.
    delete changed.headers["content-length"];
    delete changed.headers["transfer-encoding"];
    response.writeHead(changed.status, changed.headers).end(changed.body);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/**
 * An answer with JSON.
 * @type {(body: unknown, options?: { status?: number, headers?: http.OutgoingHttpHeaders }) => Answer}
 */
export const json = (body, { status = 200, headers = {} } = {}) => (response) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/**
 * A login page, as a proxy sends it after its session has ended.
 * @type {Answer}
 */
export const loginPage = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Log in</title>");

/** An answer that never comes. */
export const silence = () => {};
