// An abort settles a call at once, whatever the call is doing, and the error names the request. Runs in Node, with a `fetch`
// of the test's own.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { until } from "./support/client.mjs";

const ENDPOINT = "acme/app";
const REPLY = { status: "IN_QUEUE", request_id: "request-1" };

let library;
before(async () => (library = await import("../dist/index.js")));

const never = () => new Promise(() => {});
const failure = (promise) => promise.then(() => assert.fail("it resolved"), (error) => error);
const seenBy = (fetch) => {
  /** @type {string[]} */
  const seen = [];
  return /** @type {const} */ ([seen, async (url, init) => (seen.push(init.method), fetch(url, init))]);
};
/** A server that answers submits and cancels, and nothing else. */
const server = () => seenBy(async (url, { method }) => (method === "GET" ? never() : Response.json(REPLY)));
const client = (fetch, more) => library.createFalClient({ credentials: "id:secret", fetch, ...more });

/** A controller whose signal has no `reason`, as in older polyfills. */
function oldController() {
  const signal = Object.assign(new EventTarget(), { aborted: false });
  const abort = () => {
    signal.aborted = true;
    signal.dispatchEvent(new Event("abort"));
  };
  return { signal, abort };
}

describe("while the WebAssembly has not come", () => {
  // The module of this client never arrives.
  let slim;
  before(async () => {
    slim = await import("../dist/slim.js");
    void slim.init(never());
  });
  const calls = {
    submit: (fal, signal) => fal.queue.submit(ENDPOINT, { input: {}, abortSignal: signal }),
    subscribe: (fal, signal) => fal.subscribe(ENDPOINT, { input: {}, abortSignal: signal }),
    "subscribe with persist": (fal, signal) => fal.subscribe(ENDPOINT, { input: {}, abortSignal: signal, persist: { list: never, put: never, delete: never } }),
    result: (fal, signal) => fal.queue.result(ENDPOINT, { requestId: "r", abortSignal: signal }),
    run: (fal, signal) => fal.run(ENDPOINT, { input: {}, abortSignal: signal }),
    stream: (fal, signal) => fal.stream(ENDPOINT, { input: {}, signal }),
    upload: (fal, signal) => fal.storage.upload(new Blob(["x"]), { abortSignal: signal }),
  };
  for (const [name, call] of Object.entries(calls)) {
    test(`an abort ends ${name}`, async () => {
      const [seen, fetch] = server();
      const fal = slim.createFalClient({ credentials: "id:secret", fetch });
      const controller = new AbortController();
      const ended = failure(call(fal, controller.signal));
      controller.abort();
      const error = await ended;
      assert.deepEqual([error.name, error.requestId], ["AbortError", name === "result" ? "r" : undefined]);
      const reason = new Error("left");
      assert.equal(await failure(call(fal, AbortSignal.abort(reason))), reason, "a signal that was aborted before, too");
      assert.deepEqual(seen, []);
    });
  }
});

describe("an AbortError", () => {
  test("names the request once there is one, for each call that the signal ends", async () => {
    let count = 0;
    const [seen, fetch] = seenBy(async (url, { method }) => (method === "POST" ? Response.json({ ...REPLY, request_id: `request-${++count}` }) : never()));
    const controller = new AbortController();
    const options = { input: {}, mode: "polling", abortSignal: controller.signal };
    const calls = [client(fetch).subscribe(ENDPOINT, options), client(fetch).subscribe(ENDPOINT, options)].map(failure);
    await until(() => seen.filter((method) => method === "GET").length === 2);
    controller.abort();
    const errors = await Promise.all(calls);
    for (const error of errors) assert.ok(error instanceof DOMException && error.name === "AbortError");
    assert.deepEqual(errors.map(({ requestId }) => requestId).sort(), ["request-1", "request-2"]);
    assert.equal(controller.signal.reason.requestId, undefined, "the signal's own reason is left as it is");
  });

  test("names it after AbortSignal.timeout, too, and keeps that name", async () => {
    const [seen, fetch] = server();
    const call = failure(client(fetch).subscribe(ENDPOINT, { input: {}, mode: "polling", abortSignal: AbortSignal.timeout(1_000) }));
    // The timer of such a signal does not keep Node running. This loop does.
    await until(() => seen.includes("PUT"));
    const error = await call;
    assert.deepEqual([error.name, error.requestId], ["TimeoutError", "request-1"]);
  });

  test("names it while a call waits for another one that follows the request", async () => {
    const entry = { endpointId: ENDPOINT, requestId: "request-1", submittedAt: Date.now() };
    const fal = client(never, { persist: { list: async () => [entry], put: async () => {}, delete: async () => {} } });
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [first, second].map(({ signal }) => failure(fal.resume(entry, { wait: true, abortSignal: signal })));
    second.abort();
    const waiting = await calls[1];
    assert.deepEqual([waiting.name, waiting.requestId], ["AbortError", "request-1"]);
    first.abort();
    await calls[0];
  });

  test("is the caller's own reason untouched where there is one", async () => {
    for (const reason of [new Error("left"), "left", null, { falCode: 1 }]) {
      const [seen, fetch] = server();
      const controller = new AbortController();
      const call = failure(client(fetch).subscribe(ENDPOINT, { input: {}, mode: "polling", abortSignal: controller.signal }));
      await until(() => seen.includes("GET"));
      controller.abort(reason);
      assert.equal(await call, reason);
    }
  });

  test("comes of a signal that knows no reasons, too", async () => {
    const [seen, fetch] = server();
    const { signal, abort } = oldController();
    const calls = [
      client(fetch).subscribe(ENDPOINT, { input: {}, mode: "polling", abortSignal: signal }),
      client(never).storage.upload(new Blob(["x"]), { abortSignal: signal }),
      client(never).queue.submit(ENDPOINT, { input: { file: new Blob(["x"]) }, abortSignal: signal }),
    ].map(failure);
    await until(() => seen.includes("GET"));
    abort();
    calls.push(failure(client(fetch).queue.submit(ENDPOINT, { input: {}, abortSignal: signal })));
    const errors = await Promise.all(calls);
    assert.deepEqual(errors.map(({ name }) => name), Array(4).fill("AbortError"));
    assert.equal(errors[0].requestId, "request-1");
  });
});

test("an abort while a file is read for the request settles at once, and no more of it is read", async () => {
  for (const size of [4_000_000, 40_000_000]) {
    const [seen, fetch] = server();
    const controller = new AbortController();
    const file = new Blob([new Uint8Array(size)]);
    let read = 0;
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const slice = file.slice.bind(file);
    file.slice = (...range) => Object.assign(slice(...range), { arrayBuffer: async () => (read++, await held, new ArrayBuffer(3)) });
    const call = failure(client(fetch).subscribe(ENDPOINT, { input: { file }, files: "inline", abortSignal: controller.signal }));
    await until(() => read === 1);
    controller.abort();
    assert.equal((await call).name, "AbortError");
    release();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([read, seen], [1, []]);
  }
});
