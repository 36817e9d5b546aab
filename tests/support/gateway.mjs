// A server between a page and the emulator, where tests replace answers: proxies, caches and login
// pages as they are in the field.
import http from "node:http";
import { startClient } from "./client.mjs";
import { portOf } from "./port.mjs";

/** @typedef {http.ServerResponse} Response */

/**
 * What came to the gateway.
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
 * Starts a client, by these options, whose page has a gateway for its origin: `{ client, gateway, reset, stop }`.
 * `reset` gives a test a gateway without rules and a new page, whose clock runs as fast as before.
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
 * Starts a server that hands everything on to the emulator at `emulatorUrl`, except what a rule takes.
 *
 * - `url`: its origin
 * - `calls`: what came, oldest first: `{ method, url, target, headers, isOpen }`; `isOpen` ends with the connection
 *   or the whole answer. `target` is the URL that the proxy was asked for, or the path
 * - `when(part, answer, { method, times })`: answers the next `times` calls (all of them, by default) whose target
 *   contains `part` with `answer(response, call, forward)`. `forward(change)` hands the call on; `change` may replace
 *   `{ status, headers, body }` of the answer, whose body is a string for it then
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
    // Of the body as it was.
    delete changed.headers["content-length"];
    delete changed.headers["transfer-encoding"];
    response.writeHead(changed.status, changed.headers).end(changed.body);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/**
 * Answers with JSON.
 * @type {(body: unknown, options?: { status?: number, headers?: http.OutgoingHttpHeaders }) => Answer}
 */
export const json = (body, { status = 200, headers = {} } = {}) => (response) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/**
 * A login page, as a proxy answers once its session has ended.
 * @type {Answer}
 */
export const loginPage = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Log in</title>");

/** Never answers. */
export const silence = () => {};
