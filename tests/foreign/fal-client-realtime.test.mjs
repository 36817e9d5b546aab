// The official JavaScript client against the emulator: realtime. Node 20 has no WebSocket, so the client gets that of the
// package `ws`, which also redirects it to the emulator.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ApiError, createFalClient } from "@fal-ai/client";
import { startEmulator } from "../support/emulator.mjs";
import { KEY, STRICT } from "./support/endpoints.mjs";
import { fetchFrom } from "./support/redirect.mjs";
import { webSocketTo } from "./support/web-socket.mjs";

const REALTIME = "emulator/realtime";

let emulator;
let fal;
before(async () => {
  emulator = await startEmulator({ args: STRICT });
  globalThis.WebSocket = webSocketTo(emulator.url);
  fal = createFalClient({ credentials: KEY, fetch: fetchFrom(emulator.url) });
});
after(() => emulator?.stop());
beforeEach(() => emulator.clearRequests());

/** Connects. `next()` resolves with the next result as `{ result }`, or with the next error as `{ error }`. */
function connect(options = {}) {
  const arrived = [];
  const waiting = [];
  const take = (what) => (waiting.length ? waiting.shift()(what) : arrived.push(what));
  const connection = fal.realtime.connect(REALTIME, {
    throttleInterval: 0,
    onResult: (result) => take({ result }),
    onError: (error) => take({ error }),
    ...options,
  });
  const next = () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve)));
  return { ...connection, next };
}

test("an input comes back over a socket that a token opens", async () => {
  const { send, next, close } = connect();
  const input = { prompt: "Grüße, 世界", seed: 7, deep: { list: [1, 2.5, null, true] }, bytes: new Uint8Array([0, 255]) };
  send(input);
  const { result } = await next();
  assert.deepEqual(result.echo, input);
  close();
  const requests = await emulator.requests();
  const token = requests.find(({ target }) => target === "https://rest.fal.ai/tokens/");
  assert.deepEqual(token.body, { allowed_apps: ["realtime"], token_expiration: 120 });
  const socket = requests.find(({ headers }) => headers.upgrade);
  assert.match(socket.query, /^fal_jwt_token=/);
  assert.equal(socket.headers.authorization, undefined);
});

test("results come in order, packed and as JSON", async () => {
  const { send, next, close } = connect();
  send({ results: 3, tag: "packed" });
  const packed = [await next(), await next(), await next()];
  send({ results: 2, as: "json", tag: "json" });
  const json = [await next(), await next()];
  assert.deepEqual(packed.concat(json).map(({ result }) => result.echo.tag), ["packed", "packed", "packed", "json", "json"]);
  close();
});

test("an error of the app is an ApiError, and the connection lives on", async () => {
  const { send, next, close } = connect();
  send({ error: "BAD_REQUEST", reason: "no prompt" });
  const { error } = await next();
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.status, error.message], [400, "BAD_REQUEST: no prompt"]);
  send({ tag: "still here" });
  assert.equal((await next()).result.echo.tag, "still here");
  close();
});

test("a close that is no normal one is an ApiError with its code", async () => {
  const { send, next } = connect();
  send({ close: 1011, reason: "gone", results: 0 });
  const { error } = await next();
  assert.deepEqual([error.status, error.message], [1011, "Error closing the connection: gone"]);
});

test("a token that was forged opens no socket that gives results", async () => {
  const { send, next, close } = connect({ tokenProvider: async () => "e30.e30.e30" });
  send({ tag: "x" });
  const { error, result } = await next();
  assert.equal(result, undefined);
  assert.equal(error.status, 1008);
  close();
});
