// Abort signals of another realm: from jsdom's classes, which replace the platform's in Node, or from an iframe. The platform's
// `fetch` refuses signals that are not its own.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { startRecorder } from "./support/recorder.mjs";

/** A class with all members of an AbortSignal that does not inherit from the platform's. */
class ForeignSignal extends EventTarget {
  aborted = false;
  reason = undefined;
  get [Symbol.toStringTag]() {
    return "AbortSignal";
  }
}
class ForeignController {
  signal = new ForeignSignal();
  abort(reason = new DOMException("This operation was aborted", "AbortError")) {
    Object.assign(this.signal, { aborted: true, reason });
    this.signal.dispatchEvent(new Event("abort"));
  }
}

const own = { AbortController, AbortSignal, Request, fetch, getBuiltinModule: process.getBuiltinModule };

/** Refuses foreign signals, as Node 24 and browsers do. Node 20 accepts everything that looks like a signal. */
/** @param {RequestInit} [init] */
function check({ signal } = {}) {
  if (signal && !(signal instanceof own.AbortSignal)) throw new TypeError(`RequestInit: Expected signal ("${signal}") to be an instance of AbortSignal.`);
}
class StrictRequest extends Request {
  constructor(url, init) {
    check(init);
    super(url, init);
  }
}
const strictFetch = async (url, init) => (check(init), own.fetch(url, init));

const failure = (promise) => promise.then(() => assert.fail("it resolved"), (error) => error);
const request = { requestId: "r1" };

let server;
/** The answer to a GET. */
let answer;
before(async () => {
  server = await startRecorder(({ method }) => (method === "GET" ? answer() : { body: { request_id: "r1", status: "IN_QUEUE" } }));
});
after(() => server?.stop());
beforeEach(() => {
  answer = () => ({ body: { request_id: "r1", status: "IN_QUEUE" } });
  server.requests.length = 0;
});

for (const [where, hasNodes] of [["where Node has its own beside it", true], ["where there is no other", false]]) {
  describe(`with AbortController of another realm, ${where}`, () => {
    let fal;
    before(async () => {
      Object.assign(globalThis, { AbortController: ForeignController, AbortSignal: ForeignSignal, Request: StrictRequest, fetch: strictFetch });
      if (!hasNodes) Object.assign(process, { getBuiltinModule: undefined });
      const { createFalClient } = await import(`../dist/index.js?${hasNodes}`);
      fal = createFalClient({ proxyUrl: { url: server.url, when: "always" }, retry: { maxRetries: 0 } });
    });
    after(() => {
      const { getBuiltinModule, ...globals } = own;
      Object.assign(globalThis, globals);
      process.getBuiltinModule = getBuiltinModule;
    });

    test("calls, streams and uploads are made with the platform's own fetch", async () => {
      assert.equal((await fal.queue.submit("acme/app", { input: {}, abortSignal: new ForeignController().signal })).request_id, "r1");
      assert.equal((await fal.queue.status("acme/app", request)).status, "IN_QUEUE");
      assert.equal((await (await fal.stream("acme/app", { input: {} })).done().then(() => "done")), "done");
      assert.equal(server.requests.length, 3);
    });

    test("an abort settles a call", async () => {
      answer = () => new Promise(() => {});
      const controller = new ForeignController();
      const call = failure(fal.queue.status("acme/app", { ...request, abortSignal: controller.signal }));
      await until(() => server.requests.length === 1);
      const isClosed = server.requests[0].closed;
      controller.abort();
      assert.equal((await call).name, "AbortError");
      if (hasNodes) await isClosed;
    });
  });
}
