// The functions of the package that need no client. They work immediately, in every runtime.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  ApiError,
  createFalClient,
  FalError,
  isCompletedQueueStatus,
  isQueueStatus,
  isRetryableError,
  parseEndpointId,
  withMiddleware,
  withProxy,
} from "fal-wasm";
import * as official from "@fal-ai/client";
import { startEmulator } from "./support/emulator.mjs";

afterEach(() => Reflect.deleteProperty(globalThis, "window"));

/** @type {{ url: string, method: string, headers: Record<string, string> }} */
const request = { url: "https://queue.fal.run/acme/app", method: "POST", headers: { "x-a": "b" } };
/** @type {(letter: string) => import("fal-wasm").RequestMiddleware} */
const mark = (letter) => async ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, marks: `${headers?.marks ?? ""}${letter}` } });

test("middleware runs in order, each on what the one before it made", async () => {
  const sent = await withMiddleware(mark("1"), undefined, mark("2"), null, mark("3"))(request);
  assert.deepEqual(sent, { ...request, headers: { "x-a": "b", marks: "123" } });
  assert.equal(request.headers.marks, undefined, "the caller's request is left as it was");
});

test("middleware that fails ends the chain with its own reason", async () => {
  const reason = new Error("no");
  const after = () => assert.fail("ran on");
  await assert.rejects(withMiddleware(() => Promise.reject(reason), after)(request), (error) => error === reason);
});

test("a proxy takes requests in pages, and elsewhere when it is told to", async () => {
  const proxied = { url: "/proxy", method: "POST", headers: { "x-a": "b", "x-fal-target-url": request.url } };
  const through = (when) => withProxy({ targetUrl: "/proxy", ...(when && { when }) })(request);
  for (const when of [undefined, "browser", () => false]) assert.deepEqual(await through(when), request);
  for (const when of ["always", ({ isBrowser }) => !isBrowser]) assert.deepEqual(await through(when), proxied);
  Object.assign(globalThis, { window: { document: {} } });
  for (const when of [undefined, "browser", ({ isBrowser }) => isBrowser]) assert.deepEqual(await through(when), proxied);
});

test("a request that names its target already is not proxied again", async () => {
  const proxy = withProxy({ targetUrl: "/proxy", when: "always" });
  const once = await proxy(request);
  assert.deepEqual(await proxy(once), once);
  const named = { ...request, headers: { "X-Fal-Target-Url": "https://fal.run/a/b" } };
  assert.deepEqual(await proxy(named), named);
});

test("a client sends through withProxy what it sends, and its key where that is on this machine", async () => {
  const emulator = await startEmulator();
  try {
    const proxy = withProxy({ targetUrl: `${emulator.url}/api/fal/proxy`, when: "always" });
    const fal = createFalClient({ credentials: "a:b", requestMiddleware: withMiddleware(mark("1"), proxy) });
    const { request_id } = await fal.queue.submit("fal-ai/kandinsky5/text-to-video", { input: { prompt: "x" } });
    assert.ok(isQueueStatus(await fal.queue.status("fal-ai/kandinsky5/text-to-video", { requestId: request_id })));
    const [submit] = await emulator.requests();
    assert.equal(submit.headers["x-fal-target-url"], "https://queue.fal.run/fal-ai/kandinsky5/text-to-video");
    assert.equal(submit.headers.marks, "1");
    assert.equal(submit.headers.authorization, "present");
  } finally {
    await emulator.stop();
  }
});

test("endpoint ids are taken apart as by the official client", () => {
  for (const id of ["acme/app", "acme/app/a/b", "workflows/acme/flow", "comfy/acme/graph/step", "1234-my-app"]) {
    assert.deepEqual(parseEndpointId(id), official.parseEndpointId(id), id);
  }
});

test("what is no endpoint id is refused with the id and the format", () => {
  for (const id of ["app", "", "acme/", "/app", "workflows/acme", "my-app-1234"]) {
    assert.throws(() => parseEndpointId(id), (error) => {
      assert.ok(error instanceof FalError);
      assert.equal(error.code, "invalid_argument");
      assert.ok(error.message.includes(JSON.stringify(id)) && error.message.includes("<owner>/<alias>"), error.message);
      return true;
    });
  }
});

const statuses = [429, 503];
const makeApiError = (status, more) => new ApiError({ message: "", status, ...more });

test("statuses of the list and lost connections are worth another try", async () => {
  const refused = await fetch("http://127.0.0.1:1").catch((error) => error);
  const errors = [makeApiError(429), makeApiError(503), refused, new FalError({ message: "", code: "network" })];
  for (const message of ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"]) errors.push(new TypeError(message));
  errors.push(Object.assign(new Error(), { code: "ECONNRESET" }), new Error("wrapped", { cause: refused }));
  for (const error of errors) assert.equal(isRetryableError(error, statuses), true, String(error));
});

test("what the caller ended, other statuses and other errors are not", () => {
  const timedOut = new DOMException("", "TimeoutError");
  /** @type {unknown[]} */
  const errors = [makeApiError(500), new FalError({ message: "", code: "bad_response" })];
  errors.push(timedOut, new DOMException("", "AbortError"), new TypeError("fetch failed", { cause: timedOut }));
  errors.push(new TypeError("x is not a function"), new Error("Failed to fetch"), undefined, null, "network", {});
  for (const error of errors) assert.equal(isRetryableError(error, statuses), false, String(error));
  assert.equal(isRetryableError(makeApiError(504, { timeoutType: "user" }), [504]), false);
  assert.equal(isRetryableError(makeApiError(504), [504]), true);
});

test("a cause that leads back to itself ends the search", () => {
  const error = new Error("a");
  error.cause = new Error("b", { cause: error });
  assert.equal(isRetryableError(error, statuses), false);
});

test("statuses of a request are told from other things", () => {
  const status = { status: "COMPLETED", request_id: "r", response_url: "https://queue.fal.run/acme/app/requests/r" };
  assert.ok(isQueueStatus(status) && isCompletedQueueStatus(status));
  assert.ok(isQueueStatus({ ...status, status: "IN_QUEUE" }));
  assert.equal(isCompletedQueueStatus({ ...status, status: "IN_PROGRESS" }), false);
  for (const other of [undefined, null, "COMPLETED", {}, { status: "COMPLETED" }, { ...status, status: "FAILED" }, { response_url: "x" }]) {
    assert.equal(isQueueStatus(other), false);
    assert.equal(isCompletedQueueStatus(other), false);
  }
});

test("the package exports every name that the official client does", async () => {
  const names = Object.keys(await import("fal-wasm"));
  const missing = Object.keys(official).filter((name) => !["default", "module.exports", "__esModule"].includes(name) && !names.includes(name));
  assert.deepEqual(missing, []);
  assert.ok(Object.keys(official).includes("withProxy"), "the official names are read");
});
