// The core with hostile callers, proxies and files. Runs in Node. If no server could behave that way, the test replaces
// `fetch`. It replaces nothing else.

import assert from "node:assert/strict";
import { before, test } from "node:test";

let instance;
// Set this up before the package makes its instance.
const Instance = WebAssembly.Instance;
WebAssembly.Instance = class extends Instance {
  constructor(/** @type {ConstructorParameters<typeof Instance>} */ ...args) {
    super(...args);
    instance = this;
  }
};

let library;
before(async () => (library = await import("../dist/index.js")));

const json = (body, init) => Response.json(body, init);
const client = (config) => library.createFalClient({ credentials: "id:secret", ...config });
const failure = (promise) => promise.then(() => assert.fail("it resolved"), (error) => error);
const isPending = (promise) => Promise.race([promise.then(() => false, () => false), new Promise((resolve) => setTimeout(resolve, 100, true))]);

test("thousands of calls leave nothing behind in the module", async () => {
  const fal = client({ fetch: async () => json({ status: "IN_QUEUE" }) });
  const calls = async (times) => {
    for (let n = 0; n < times; n++) await fal.queue.status("acme/app", { requestId: "r" });
  };
  const tables = () => Object.values(instance.exports).filter((it) => it instanceof WebAssembly.Table).map((it) => it.length);
  await calls(200);
  const before = tables();
  await calls(3_000);
  assert.deepEqual(tables(), before);
});

test("a fetch that gives no Response is named, whatever it gives", async () => {
  for (const given of [undefined, null, {}, "x", { ok: false, status: 500 }]) {
    const error = await failure(client({ fetch: async () => given }).queue.result("acme/app", { requestId: "r" }));
    assert.equal(error.code, "bad_response");
    assert.match(error.message, /fetch gave no Response/);
  }
});

test("a key that no header can hold is refused without being quoted", async () => {
  const error = await failure(client({ credentials: "id:hush\nx" }).run("acme/app", { input: {} }));
  assert.equal(error.code, "invalid_argument");
  assert.doesNotMatch(`${error.message} ${error.cause}`, /hush/);
});

test("an abort while the middleware works on a poll sends the cancel, and not the poll", async () => {
  let release;
  const isHeld = new Promise((resolve) => (release = resolve));
  const controller = new AbortController();
  const sent = [];
  let isCancelled;
  const cancelled = new Promise((resolve) => (isCancelled = resolve));
  const fal = client({
    async requestMiddleware(request) {
      if (request.url.includes("/status")) {
        controller.abort();
        await isHeld;
      }
      return request;
    },
    async fetch(url, { method }) {
      sent.push(method);
      if (method === "PUT") isCancelled();
      return json({ request_id: "r", status: "IN_QUEUE" });
    },
  });
  const call = fal.subscribe("acme/app", { input: {}, mode: "polling", pollInterval: 1, abortSignal: controller.signal });
  assert.equal((await failure(call)).name, "AbortError");
  await cancelled;
  release();
  // After the release, the middleware may send something only within a turn of the event loop. Wait for five turns.
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
  assert.deepEqual(sent, ["POST", "PUT"]);
});

test("an abort cuts a run and a stream that has no answer yet", async () => {
  for (const start of [
    (fal, signal) => fal.run("acme/app", { input: {}, abortSignal: signal }),
    async (fal, signal) => (await fal.stream("acme/app", { input: {}, signal })).done(),
  ]) {
    let sent;
    const fal = client({ fetch: (url, { signal }) => new Promise((resolve, reject) => {
      sent = signal;
      signal.addEventListener("abort", () => reject(signal.reason));
    }) });
    const controller = new AbortController();
    const outcome = start(fal, controller.signal).catch((error) => error.name);
    while (!sent) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    await outcome;
    assert.equal(sent.aborted, true);
  }
});

test("a stream's timeout counts from its start", async () => {
  const fal = client({ fetch: () => new Promise(() => {}) });
  const stream = await fal.stream("acme/app", { input: {}, timeout: 50 });
  assert.equal((await failure(stream.done())).status, 408);
});

test("no timeout of a stream fires at once, however long it is", async () => {
  for (const timeout of [Infinity, 2 ** 31, 0]) {
    const fal = client({ fetch: () => new Promise(() => {}) });
    const stream = await fal.stream("acme/app", { input: {}, timeout });
    assert.equal(await isPending(stream.done()), true, String(timeout));
    stream.abort();
  }
});

test("a stream over GET with a token has no body", async () => {
  let sent;
  const fal = client({ fetch: async (url, init) => {
    sent = { url, init };
    return new Response("data: 1\n\n", { headers: { "content-type": "Text/Event-Stream" } });
  } });
  const options = { input: { a: 1 }, method: "get", connectionMode: "client", tokenProvider: async () => "t.o.k" };
  assert.equal(await (await fal.stream("acme/app", options)).done(), 1);
  assert.equal(sent.init.body, undefined);
  assert.equal(sent.url, "https://fal.run/acme/app/stream?fal_jwt_token=t.o.k");
  assert.equal(sent.init.headers.Authorization, undefined);
});

test("a token provider without a token ends the stream, and no key goes in its place", async () => {
  let calls = 0;
  const fal = client({ fetch: async () => (calls++, json({})) });
  const stream = await fal.stream("acme/app", { connectionMode: "client", tokenProvider: async () => undefined });
  assert.match((await failure(stream.done())).message, /^tokenProvider: gave no token/);
  assert.equal(calls, 0);
});

test("an input that shares its parts is searched once, and one that contains itself is refused", async () => {
  let shared = /** @type {any} */ ({ file: new Blob(["x"]) });
  for (let depth = 0; depth < 40; depth++) shared = { left: shared, right: shared };
  const fal = client({ files: "inline" });
  const copy = await fal.storage.transformInput(shared);
  assert.equal(copy.left, copy.right);
  assert.ok(shared.left.left, "the caller's own stays");
  const loop = { file: new Blob(["x"]) };
  loop.self = loop;
  const error = await failure(fal.storage.transformInput(loop));
  assert.match(error.message, /contains itself/);
});

test("when one part of a large file is refused, the others end", async () => {
  let underWay = 0;
  const fal = client({ retry: { baseDelay: 1 }, fetch: (url, { signal }) => {
    if (url.includes("initiate")) return Promise.resolve(json({ upload_url: "https://v3.fal.media/u?s", file_url: "https://f" }));
    if (url.includes("/u/2?")) return Promise.resolve(json({ detail: "expired" }, { status: 403 }));
    underWay++;
    return new Promise((resolve, reject) => signal.addEventListener("abort", () => (underWay--, reject(signal.reason))));
  } });
  const error = await failure(fal.storage.upload(new Blob([new Uint8Array(91 << 20)])));
  assert.equal(error.status, 403);
  // Without this loop the test would pass before the remaining uploads were aborted. If they never are, it does not end.
  while (underWay > 0) await new Promise(setImmediate);
});

test("an abort ends the updates of a followed request, too", async () => {
  const controller = new AbortController();
  const events = Array.from({ length: 4 }, (_, at) => `data: {"status":"IN_PROGRESS","logs":[{"message":"${at}"}]}\n\n`).join("");
  const fal = client({ fetch: async (url) => url.includes("/stream") ? new Response(events, { headers: { "content-type": "text/event-stream" } }) : json({ request_id: "r" }) });
  let updates = 0;
  const onQueueUpdate = () => (updates++, controller.abort());
  const error = await failure(fal.subscribe("acme/app", { input: {}, mode: "streaming", abortSignal: controller.signal, onQueueUpdate }));
  assert.equal(error.name, "AbortError");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(updates, 1);
});

test("a submit whose answer names no request is an error with the service's words", async () => {
  const fal = client({ fetch: async () => json({ detail: "User is locked" }) });
  const error = await failure(fal.queue.submit("acme/app", { input: {} }));
  assert.equal(error.code, "bad_response");
  assert.match(error.message, /it says: User is locked/);
});

test("a lifetime that the service would ignore is refused", async () => {
  for (const expiresIn of ["2d", "constructor", NaN]) {
    const error = await failure(client().queue.submit("acme/app", { input: {}, storageSettings: { expiresIn } }));
    assert.match(error.message, /^expiresIn: must be a number of seconds, or one of never, immediate, 1h/);
  }
});

test("a submit that the network came back during may have been sent, and is not sent again", async (t) => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  t.after(() => (own ? Object.defineProperty(globalThis, "navigator", own) : Reflect.deleteProperty(globalThis, "navigator")));
  const navigator = { onLine: false };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  let sent = 0;
  const fal = client({
    retry: { baseDelay: 1 },
    fetch: async () => {
      sent += 1;
      navigator.onLine = true;
      throw new TypeError("the connection broke");
    },
  });
  const error = await failure(fal.queue.submit("acme/app", { input: {} }));
  assert.deepEqual([error.name, error.jobMayExist, sent], ["SubmitUncertainError", true, 1]);
});

test("a file of megabytes in the input is checked where it is, not in the module", async () => {
  const fal = client({ fetch: async () => json({ request_id: "r" }) });
  const image_url = `data:image/png;base64,${"A".repeat(20_000_000)}`;
  const memory = /** @type {WebAssembly.Memory} */ (Object.values(instance.exports).find((it) => it instanceof WebAssembly.Memory));
  const before = memory.buffer.byteLength;
  await fal.queue.submit("fal-ai/kandinsky5-pro/image-to-video", { input: { prompt: "x", image_url } });
  assert.equal(memory.buffer.byteLength, before);
});

test("the bytes of a stream stay as the caller's fetch gave them, also where events are cut anywhere", async () => {
  const text = new TextEncoder().encode('data: {"a":"Grüße"}\r\n\r\n: ping\n\ndata: {"a":\ndata: 2}\n\ndata: {"a":3}');
  for (const size of [1, 3, text.length]) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
    const body = () => new ReadableStream({ start: (stream) => (chunks.forEach((it) => stream.enqueue(it)), stream.close()) });
    const fal = client({ fetch: async () => new Response(body(), { headers: { "content-type": "text/event-stream" } }) });
    const events = [];
    for await (const event of await fal.stream("acme/app", { input: {} })) events.push(event.a);
    assert.deepEqual(events, ["Grüße", 2, 3]);
    assert.equal(Buffer.concat(chunks).equals(Buffer.from(text)), true);
  }
});
