// Which errors count as a crash of the WebAssembly, and what calls know about their requests after a crash. Runs in Node, with
// a `fetch` of the test's own. The exports of the module trap when a test asks for it.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";

const { Instance, Module, RuntimeError } = WebAssembly;
const UNREACHABLE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
const trap = /** @type {() => never} */ (new Instance(new Module(new Uint8Array(UNREACHABLE))).exports.f);
let instances = 0;
let isToTrap = false;
// Set this up before the package makes its instance.
/** @type {any} */ (WebAssembly).Instance = function (module, imports) {
  instances += 1;
  const { exports } = new Instance(module, imports);
  const trapping = Object.entries(exports).map(([name, it]) => {
    if (typeof it !== "function") return [name, it];
    return [name, (...given) => {
      if (!isToTrap) return it(...given);
      isToTrap = false;
      return trap();
    }];
  });
  return { exports: Object.fromEntries(trapping) };
};

let library;
before(async () => (library = await import("../dist/index.js")));

const ENDPOINT = "acme/app";
const REPLY = { status: "IN_QUEUE", request_id: "request-1" };
const json = (body, init) => Response.json(body, init);
/** A server that accepts submits, and keeps all jobs in the queue. */
const queue = async (url, { method }) => json(method === "POST" ? REPLY : { status: "IN_QUEUE", queue_position: 1 });
const client = (fetch = queue, more = {}) => library.createFalClient({ credentials: "id:secret", fetch, ...more });
const failure = (promise) => promise.then(() => assert.fail("it resolved"), (error) => error);
const never = () => new Promise(() => {});

describe("a WebAssembly.RuntimeError of the caller's own is no crash", () => {
  const mine = new RuntimeError("mine");
  const throwing = () => {
    throw mine;
  };
  const aborted = () => {
    const controller = new AbortController();
    controller.abort(mine);
    return controller.signal;
  };
  const input = {};
  const polling = { input, mode: "polling", pollInterval: 1 };
  const resolved = async (call) => (await call).done();
  const cases = {
    "thrown by onEnqueue": () => client().subscribe(ENDPOINT, { ...polling, onEnqueue: throwing }),
    "thrown by onQueueUpdate": () => client().subscribe(ENDPOINT, { ...polling, onQueueUpdate: throwing }),
    "thrown by requestMiddleware": () => client(queue, { requestMiddleware: throwing }).queue.submit(ENDPOINT, { input }),
    "thrown by responseHandler": () => client(queue, { responseHandler: throwing }).queue.submit(ENDPOINT, { input }),
    "thrown by fetch": () => client(throwing).queue.status(ENDPOINT, { requestId: "r" }),
    "thrown by tokenProvider": () => resolved(client().stream(ENDPOINT, { input, connectionMode: "client", tokenProvider: throwing })),
    "thrown by toJSON in an input": () => client().queue.submit(ENDPOINT, { input: { toJSON: throwing } }).catch(({ cause }) => { throw cause; }),
    "given as the reason of an abort": () => client().subscribe(ENDPOINT, { ...polling, abortSignal: aborted() }),
    "given as a reason while the job runs": () => {
      const controller = new AbortController();
      return client().subscribe(ENDPOINT, { ...polling, abortSignal: controller.signal, onQueueUpdate: () => controller.abort(mine) });
    },
  };
  for (const [what, call] of Object.entries(cases)) {
    test(what, async () => {
      await client().queue.status(ENDPOINT, { requestId: "r" });
      const before = instances;
      let isPending = true;
      const other = new AbortController();
      const running = failure(client(never).queue.status(ENDPOINT, { requestId: "r", abortSignal: other.signal })).finally(() => (isPending = false));
      assert.equal(await failure(call()), mine);
      await client().queue.status(ENDPOINT, { requestId: "r" });
      assert.deepEqual([isPending, instances - before], [true, 0], "the other call runs on, in the same instance");
      other.abort();
      await running;
    });
  }
});

describe("after a crash", () => {
  /** Makes the next call trap. This ends all running calls. */
  const crash = async () => {
    isToTrap = true;
    const { code, cause } = await failure(client().queue.status(ENDPOINT, { requestId: "any" }));
    assert.deepEqual([code, cause instanceof RuntimeError], ["wasm_crashed", true]);
  };
  let seen;
  beforeEach(() => (seen = []));
  /** A server that answers submits with `answer()`, and never answers anything else. */
  const server = (answer) => async (url, { method }) => {
    seen.push(method);
    return method === "POST" ? answer() : never();
  };
  const sent = (method) => until(() => seen.includes(method));

  test("a call that follows its request names it", async () => {
    const call = failure(client(server(() => json(REPLY))).subscribe(ENDPOINT, { input: {}, mode: "polling" }));
    await sent("GET");
    await crash();
    const error = await call;
    assert.deepEqual([error.constructor, error.code, error.requestId, error.jobMayExist], [library.FalError, "wasm_crashed", "request-1", false]);
    assert.match(error.message, /A job that was submitted goes on$/);
  });

  test("a call about a request names it", async () => {
    const fal = client(never);
    const request = { requestId: "request-2" };
    const calls = [fal.queue.status, fal.queue.result, fal.queue.cancel, fal.queue.subscribeToStatus].map((call) => failure(call(ENDPOINT, request)));
    const stream = await fal.queue.streamStatus(ENDPOINT, request);
    calls.push(failure(stream.done()));
    await new Promise((resolve) => setTimeout(resolve));
    await crash();
    for (const error of await Promise.all(calls)) assert.deepEqual([error.code, error.requestId], ["wasm_crashed", "request-2"]);
  });

  test("a submit without an answer says that its job may exist", async () => {
    for (const call of [(fal) => fal.queue.submit(ENDPOINT, { input: {} }), (fal) => fal.subscribe(ENDPOINT, { input: {} })]) {
      seen = [];
      const submit = failure(call(client(server(never))));
      await sent("POST");
      await crash();
      const error = await submit;
      assert.deepEqual([error.constructor, error.code, error.jobMayExist, error.requestId], [library.SubmitUncertainError, "wasm_crashed", true, ""]);
      assert.match(error.message, /may have arrived/);
    }
  });

  test("a submit that was not sent, or was refused, has bought nothing", async () => {
    let isAsked = false;
    const requestMiddleware = () => ((isAsked = true), never());
    const held = failure(client(queue, { requestMiddleware }).queue.submit(ENDPOINT, { input: {} }));
    let isRead = false;
    const busy = server(() => {
      const response = json({ detail: "busy" }, { status: 429 });
      return Object.assign(response, { text: async () => ((isRead = true), '{"detail":"busy"}') });
    });
    const refused = failure(client(busy, { retry: { baseDelay: 1e6, maxDelay: 1e6 } }).queue.submit(ENDPOINT, { input: {} }));
    await until(() => isAsked && isRead);
    await crash();
    for (const error of [await held, await refused]) assert.deepEqual([error.code, error.jobMayExist], ["wasm_crashed", false]);
  });

  test("a call that is told its request at that moment knows it", async () => {
    let isTold = false;
    const persist = { list: async () => [], put: () => ((isTold = true), never()), delete: async () => {} };
    const call = failure(client(server(() => json(REPLY)), { persist }).subscribe(ENDPOINT, { input: {} }));
    await until(() => isTold);
    await crash();
    assert.equal((await call).requestId, "request-1");
  });

  test("streams on the instance fail rather than enter it again, and the next call has a new one", async () => {
    const text = new TextEncoder();
    const bodies = [];
    const streaming = async () => {
      const body = new ReadableStream({ start: (controller) => void bodies.push(controller) });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const streams = await Promise.all([1, 2].map(() => client(streaming).stream(ENDPOINT, { input: {} })));
    const ends = streams.map((stream) => failure(stream.done()));
    await until(() => bodies.length === 2);
    const before = instances;
    await crash();
    for (const body of bodies) body.enqueue(text.encode('data: {"n":1}\n\n'));
    for (const error of await Promise.all(ends)) assert.equal(error.code, "wasm_crashed");
    await client().queue.status(ENDPOINT, { requestId: "r" });
    assert.equal(instances - before, 1);
  });
});
