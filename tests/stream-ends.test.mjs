// The ends of streams. Whatever ends a stream closes its connection, and an announced end counts at once.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { startBehindGateway } from "./support/gateway.mjs";

const SPEED = 20;

let started;
let client;
let gateway;
before(async () => ({ client, gateway } = started = await startBehindGateway({ speed: SPEED })));
after(() => started?.stop());
beforeEach(async () => {
  await started.reset();
});
afterEach(() => assert.deepEqual(client.unhandled, []));

const EVENTS = { "content-type": "text/event-stream" };
const event = (data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
/** Sends events and keeps the stream open. */
const open = (...events) => (response) => response.writeHead(200, EVENTS).write(events.map(event).join(""));
/** The same, with a comment every 20 ms. */
const openWithPings = (...events) => (response) => {
  open(...events)(response);
  const timer = setInterval(() => response.write(": ping\n\n"), 20).unref();
  response.on("close", () => clearInterval(timer));
};
const requestIdOf = ({ target }) => /requests\/([^/?]+)/.exec(target)?.[1];
const status = (call, more) => ({ request_id: requestIdOf(call), response_url: "https://queue.fal.run/x", ...more });
/** Waits until the emulator has completed the request that this call is about. */
const completed = ({ target }) =>
  until(async () => {
    const headers = { "x-fal-target-url": target.replace(/\/stream.*/, "") };
    const reply = await fetch(`${client.emulator.url}/api/fal/proxy`, { headers });
    return (await reply.json()).status === "COMPLETED";
  });
const streams = () => gateway.calls.filter(({ target }) => target.includes("/stream"));

describe("a stream that has ended leaves no connection behind", () => {
  beforeEach(() => gateway.when("emulator/stream/stream", open({ n: 1 })));

  test("when the loop over it is left", async () => {
    await client.run(async () => {
      for await (const _ of await fal.stream("emulator/stream/stream", { input: {} })) break;
    });
    await until(() => streams().length === 1 && !streams()[0].isOpen);
  });

  test("when it is aborted", async () => {
    await client.run(async () => {
      const stream = await fal.stream("emulator/stream/stream", { input: {} });
      stream.on("data", () => stream.abort());
      await stream.done();
    });
    await until(() => streams().length === 1 && !streams()[0].isOpen);
  });

  test("when nothing came for too long", async () => {
    const status = await client.run(async () => {
      const stream = await fal.stream("emulator/stream/stream", { input: {}, timeout: 1_000 });
      return stream.done().catch((error) => error.status);
    });
    assert.equal(status, 408);
    await until(() => !streams()[0].isOpen);
  });

  test("when an event is no JSON", async () => {
    gateway.reset();
    gateway.when("emulator/stream/stream", open("{broken"));
    const code = await client.run(async () => (await fal.stream("emulator/stream/stream", { input: {} })).done().catch(({ code }) => code));
    assert.equal(code, "bad_response");
    await until(() => !streams()[0].isOpen);
  });

  test("when a status stream's subscribe is aborted: six of them, and a further call goes through", async () => {
    gateway.when("/status/stream", (response, call) => open(status(call, { status: "IN_PROGRESS" }))(response));
    const cancelled = await client.run(async () => {
      const controllers = Array.from({ length: 6 }, () => new AbortController());
      const jobs = controllers.map(({ signal }, n) => {
        let begun;
        const running = new Promise((resolve) => (begun = resolve));
        const job = fal.subscribe("emulator/echo", { mode: "streaming", input: { prompt: String(n) }, abortSignal: signal, onQueueUpdate: begun });
        return { job: job.catch((error) => error.name), running };
      });
      // Over HTTP/1.1, six streams occupy all connections of the browser.
      await Promise.all(jobs.map(({ running }) => running));
      for (const controller of controllers) controller.abort();
      return Promise.all(jobs.map(({ job }) => job));
    });
    assert.deepEqual(cancelled, Array(6).fill("AbortError"));
    await until(() => gateway.calls.filter(({ method }) => method === "PUT").length === 6);
    assert.equal(typeof (await client.run(async () => (await fal.queue.submit("emulator/echo", { input: { prompt: "x" } })).request_id)), "string");
    await until(() => streams().every(({ isOpen }) => !isOpen));
  });
});

describe("an end that is said", () => {
  test("`data: [DONE]` ends a stream, and is no event", async () => {
    gateway.when("emulator/stream/stream", open({ n: 1 }, { n: 2 }, "[DONE]"));
    const seen = await client.run(async () => {
      const stream = await fal.stream("emulator/stream/stream", { input: {} });
      const events = [];
      for await (const event of stream) events.push(event);
      return { events, done: await stream.done() };
    });
    assert.deepEqual(seen, { events: [{ n: 1 }, { n: 2 }], done: { n: 2 } });
    await until(() => !streams()[0].isOpen);
  });

  test("COMPLETED counts when it comes, on a status stream that stays open", async () => {
    gateway.when("/status/stream", async (response, call) => {
      await completed(call);
      openWithPings(status(call, { status: "COMPLETED", logs: [] }))(response);
    });
    const { name, state } = await client.run(async () => {
      const { data } = await fal.subscribe("emulator/echo", { mode: "streaming", input: { prompt: "x" } });
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: { prompt: "x" } });
      const last = await fal.queue.subscribeToStatus("emulator/echo", { mode: "streaming", requestId });
      return { name: data.body.prompt, state: last.status };
    });
    assert.equal(name, "x");
    assert.equal(state, "COMPLETED");
    await until(() => streams().length === 2 && streams().every(({ isOpen }) => !isOpen));
  });

  test("COMPLETED ends queue.streamStatus, too", async () => {
    gateway.when("/status/stream", (response, call) => openWithPings(status(call, { status: "IN_PROGRESS" }), status(call, { status: "COMPLETED" }))(response));
    const last = await client.run(async () => {
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: { prompt: "x" } });
      const stream = await fal.queue.streamStatus("emulator/echo", { requestId });
      return (await stream.done()).status;
    });
    assert.equal(last, "COMPLETED");
    await until(() => !streams()[0].isOpen);
  });

  for (const mode of [undefined, "streaming"]) {
    test(`a status stream that only pings is cross-checked by a poll, with mode: ${mode}`, async () => {
      gateway.when("/status/stream", (response, call) => openWithPings(status(call, { status: "IN_PROGRESS", logs: null }))(response));
      const { name, updates } = await client.run(async (mode) => {
        const updates = [];
        const { data } = await fal.subscribe("emulator/echo", { mode, input: { prompt: "x" }, onQueueUpdate: ({ status }) => updates.push(status) });
        return { name: data.body.prompt, updates };
      }, mode);
      assert.equal(name, "x");
      assert.deepEqual(updates, ["IN_PROGRESS", "COMPLETED"]);
      await until(() => streams().length === 1 && !streams()[0].isOpen);
    });
  }
});

describe("a page that is going away", () => {
  test("opens no second stream, and goes on when it is shown again", async () => {
    // Use the normal clock: a faster one would not give the stream enough time to begin.
    await client.reset({ origin: gateway.url, speed: 1 });
    const streamed = [];
    gateway.when("/status/stream", (response, call) => {
      streamed.push(response);
      open(status(call, { status: "IN_PROGRESS" }))(response);
    }, { times: 1 });
    await client.run(() => {
      window.job = new Promise((resolve, reject) => {
        const onQueueUpdate = () => window.dispatchEvent(new Event("pagehide"));
        fal.subscribe("emulator/echo", { input: { prompt: "x" }, onQueueUpdate }).then(resolve, reject);
      });
    });
    await until(() => streamed.length === 1);
    streamed[0].destroy();
    // Let another call of the page go through. A second stream would have opened by then.
    await client.run(() => fal.queue.submit("emulator/echo", { input: { prompt: "y" } }));
    assert.equal(gateway.calls.filter(({ target }) => target.includes("/requests/")).length, 1, "nothing is asked meanwhile");
    const name = await client.run(async () => {
      window.dispatchEvent(new Event("pageshow"));
      return (await window.job).data.body.prompt;
    });
    assert.equal(name, "x");
    assert.equal(streams().length, 2);
  });
});

describe("events that nobody iterates over", () => {
  test("are not kept once a listener takes them", async () => {
    // The listener drops each event at once, so it can be collected. An event that the stream keeps could not be.
    gateway.when("emulator/stream/stream", (response) => {
      response.writeHead(200, EVENTS);
      for (let n = 0; n < 200; n++) response.write(event({ n, text: "x".repeat(10_000) }));
      response.end();
    });
    const seen = await client.run(async () => {
      const stream = await fal.stream("emulator/stream/stream", { input: {} });
      let heard = 0;
      stream.on("data", () => (heard += 1));
      await stream.done();
      const late = [];
      for await (const event of stream) late.push(event);
      return { heard, late: late.length };
    });
    assert.deepEqual(seen, { heard: 200, late: 0 });
  });

  test("are kept for a loop that begins later, without a listener; a loop and a listener both get all", async () => {
    gateway.when("emulator/stream/stream", (response) => response.writeHead(200, EVENTS).end([1, 2, 3].map(event).join("")));
    const seen = await client.run(async () => {
      const later = await fal.stream("emulator/stream/stream", { input: {} });
      await later.done();
      const iterated = [];
      for await (const event of later) iterated.push(event);
      const both = await fal.stream("emulator/stream/stream", { input: {} });
      const heard = [];
      both.on("data", (event) => heard.push(event));
      for await (const event of both) iterated.push(event);
      return { iterated, heard };
    });
    assert.deepEqual(seen, { iterated: [1, 2, 3, 1, 2, 3], heard: [1, 2, 3] });
  });
});
