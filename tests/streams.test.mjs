// Streams in a real browser against the emulator's scripted endpoint. The package delivers all events that the official client
// delivers, and also those that the official client loses.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { withClient } from "./support/client.mjs";
import { cannot } from "./support/engines/limits.mjs";

const client = withClient();
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

/** How many times longer events may take than their bare bytes. The official client takes 900 times longer. */
const MOST_TIMES = 100;
/** The bare bytes may take less. It would be luck, and no bound for a machine that pauses. */
const LEAST_BARE_MS = 10;

test("5,000 events in one burst are delivered about as soon as their bytes, by listener and by iteration", async () => {
  const seen = await client.run(async () => {
    const input = { events: 5_000 };
    const time = async (work) => {
      const from = performance.now();
      await work();
      return performance.now() - from;
    };
    const request = { method: "POST", body: JSON.stringify(input), headers: { "content-type": "application/json", "x-fal-target-url": "https://fal.run/emulator/stream/stream" } };
    const bare = await time(async () => (await fetch("/api/fal/proxy", request)).text());
    const heard = [];
    const listening = await time(async () => {
      const stream = await fal.stream("emulator/stream", { input });
      stream.on("data", (event) => heard.push(event));
      await stream.done();
    });
    const iterated = [];
    const iterating = await time(async () => {
      for await (const event of await fal.stream("emulator/stream", { input })) iterated.push(event);
    });
    return { heard: heard.length, iterated: iterated.length, isSame: JSON.stringify(heard) === JSON.stringify(iterated), bare, listening, iterating };
  });
  assert.deepEqual([seen.heard, seen.iterated, seen.isSame], [5_000, 5_000, true]);
  assert.ok(Math.max(seen.listening, seen.iterating) < MOST_TIMES * Math.max(seen.bare, LEAST_BARE_MS), JSON.stringify(seen));
});

test("falsy events, characters split between chunks, CRLF and a last event without its blank line arrive", async () => {
  const seen = await client.run(async () => {
    const events = [];
    const input = { values: [0, false, "", null, "größer 😀"], split_utf8: true, crlf: true, last_without_blank_line: true };
    for await (const event of await fal.stream("emulator/stream", { input })) events.push(event);
    return events;
  });
  assert.deepEqual(seen, [0, false, "", null, "größer 😀"]);
});

test("a stream that is cut short throws, in the loop and from done", { skip: cannot("cuts") }, async () => {
  const seen = await client.run(async () => {
    const stream = await fal.stream("emulator/stream", { input: { events: 5, cut_after: 2 } });
    const events = [];
    const errors = [];
    try {
      for await (const event of stream) events.push(event);
    } catch (error) {
      errors.push(/** @type {import("./page.js").Caught} */ (error).code);
    }
    await stream.done().catch((error) => errors.push(error.code));
    return { events: events.length, errors };
  });
  assert.deepEqual(seen.errors, ["network", "network"]);
  // At most two: a connection reset may overtake the events before it.
  assert.ok(seen.events <= 2);
});

test("a stalled stream fails with a 408, and comments are signs of life", async () => {
  const seen = await client.run(async () => {
    const stalled = await fal.stream("emulator/stream", { input: { events: 3, stall_after: 1 }, timeout: 200 });
    const failure = await stalled.done().catch(({ status, message }) => ({ status, message }));
    const slow = await fal.stream("emulator/stream", { input: { events: 2, delay_ms: 2_500, comment_every: 50 }, timeout: 2_000 });
    return { failure, last: (await slow.done()) !== undefined };
  });
  assert.equal(seen.failure.status, 408);
  assert.match(seen.failure.message, /nothing came for 200 ms/);
  assert.equal(seen.last, true);
});

test("leaving the loop ends the stream", async () => {
  const seen = await client.run(async () => {
    const stream = await fal.stream("emulator/stream", { input: { events: 100, delay_ms: 50 } });
    for await (const _ of stream) break;
    return { aborted: stream.signal.aborted, done: await stream.done() };
  });
  assert.equal(seen.aborted, true);
  assert.notEqual(seen.done, undefined);
});

test("bytes stay bytes", async () => {
  const seen = await client.run(async () => {
    const stream = await fal.stream("emulator/stream", { input: { events: 3, binary: true, chunk_bytes: 300 }, accept: "audio/mpeg" });
    const bytes = [];
    stream.on("data", (chunk) => bytes.push(...chunk));
    await stream.done();
    return bytes;
  });
  assert.ok(seen.length >= 300);
  assert.ok(seen.every((byte, at) => byte === at % 251), "byte n is n % 251");
});

test("subscribe follows by the status stream, and by polling where a proxy breaks it", async () => {
  const follow = async () => {
    const updates = [];
    const { data } = await fal.subscribe(DISTILL, {
      input: { prompt: "a river" },
      mode: "streaming",
      logs: true,
      pollInterval: 20,
      onQueueUpdate: (/** @type {any} */ update) => updates.push([update.status, update.logs?.length ?? 0]),
    });
    return { updates, url: data.video.url };
  };
  const streamed = await client.run(follow);
  assert.match(streamed.url, /\.mp4$/);
  assert.equal(streamed.updates.at(-1)[0], "COMPLETED");
  const counts = streamed.updates.map(([, logs]) => logs);
  assert.deepEqual(counts, counts.toSorted((a, b) => a - b), "logs only grow");
  const statuses = (await client.sent("/status")).map(({ target = "" }) => target.replace(/.*\/status/, "/status"));
  assert.deepEqual(statuses, ["/status/stream?logs=1"], "one request follows it all");

  await client.reset();
  await client.emulator.fault({ path_contains: "/status/stream", times: 99, close: true });
  const polled = await client.run(follow);
  assert.match(polled.url, /\.mp4$/);
  assert.ok((await client.sent("/status?")).length > 0, "polling took over");
});
