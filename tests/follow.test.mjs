// The default way to follow a request: the status stream if the proxy carries streams, otherwise polling. No update is lost,
// and none is reported twice.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withClient } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";
import { cannot } from "./support/engines/limits.mjs";

const client = withClient({ args: ["--pace", "1500"] });
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, []));

/** Subscribes in the page and records the callbacks. Resolves with `{ requestId, updates, progress, … }`. */
const follow = (options = {}) =>
  client.run(async (options) => {
    const updates = [];
    const progress = [];
    const result = await fal.subscribe(TEXT_TO_VIDEO, {
      input: { prompt: "x" },
      logs: true,
      onQueueUpdate: (/** @type {any} */ update) => updates.push({ status: update.status, logs: update.logs?.map(({ message }) => message) }),
      onProgress: (it) => progress.push(it),
      ...options,
    });
    const { metrics, timings, billableUnits, requestId } = result;
    return { keys: Object.keys(result), metrics, timings, billableUnits, requestId, updates, progress };
  }, options);

const statusCalls = async () => {
  const sent = await client.sent("/status");
  const streams = sent.filter(({ target }) => target?.includes("/stream")).length;
  return { streams, polls: sent.length - streams };
};

/** Checks that every update came once and in order, and that the last one has all logs. */
function assertWhole({ updates }) {
  const order = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];
  let logs = [];
  let last = 0;
  for (const [index, update] of updates.entries()) {
    const rank = order.indexOf(update.status);
    assert.ok(rank >= last, `${update.status} does not go back`);
    last = rank;
    if (update.logs) {
      assert.deepEqual(update.logs.slice(0, logs.length), logs, "logs only grow");
      logs = update.logs;
    }
    if (index > 0) assert.notDeepEqual(update, updates[index - 1], "no update twice");
  }
  assert.equal(updates.at(-1).status, "COMPLETED");
  assert.ok(logs.length > 3, "all the logs");
  assert.equal(new Set(logs).size, logs.length, "no log line twice");
}

describe("by default", () => {
  test("three requests: the submit, one stream of statuses, the result", async () => {
    const followed = await follow();
    assertWhole(followed);
    assert.equal((await client.sent()).length, 3);
    assert.deepEqual(await statusCalls(), { streams: 1, polls: 0 });
  });

  test("a server without that stream is asked instead, and not tried again", async () => {
    await client.emulator.fault({ path_contains: "/status/stream", times: 9, status: 405, body: { detail: "Method Not Allowed" } });
    assertWhole(await follow());
    const first = await statusCalls();
    assert.equal(first.streams, 1);
    assert.ok(first.polls > 1);
    assertWhole(await follow());
    assert.equal((await statusCalls()).streams, 1, "remembered");
  });

  test("a proxy that holds the stream back for ever is asked instead", async () => {
    await client.emulator.hold({ path_contains: "/status/stream" });
    assertWhole(await follow());
    assert.equal((await statusCalls()).streams, 1);
  });

  test("a stream that is cut is opened again, and given up after the second cut", async () => {
    await client.emulator.plan({ rules: [{ route: "status_stream", fault: { cut_after: 1 } }] });
    assertWhole(await follow());
    const { streams, polls } = await statusCalls();
    assert.equal(streams, 2);
    assert.ok(polls > 0);
    await client.emulator.clearPlan();
  });

  test("one cut costs nothing but a second stream", async () => {
    await client.emulator.plan({ rules: [{ route: "status_stream", nth: 1, fault: { cut_after: 2 } }] });
    assertWhole(await follow());
    assert.deepEqual(await statusCalls(), { streams: 2, polls: 0 });
    await client.emulator.clearPlan();
  });

  test("more jobs than the browser has connections all end", async () => {
    const ended = await client.run(async () => {
      const jobs = Array.from({ length: 12 }, () => fal.subscribe("emulator/echo", { input: { steps: 2 } }));
      return (await Promise.all(jobs)).length;
    });
    assert.equal(ended, 12);
  });
});

describe("asked to", () => {
  for (const options of [{ mode: "polling" }, { pollInterval: 100 }]) {
    test(`${JSON.stringify(options)} polls as the official client does, and reports every status`, async () => {
      const { updates } = await follow(options);
      assert.equal((await statusCalls()).streams, 0);
      assert.equal((await statusCalls()).polls, updates.length);
    });
  }

  test("an old request is asked after less and less often", async () => {
    await client.emulator.fault({ path_contains: "/status/stream", times: 9, status: 404, body: {} });
    const times = await client.run(async () => {
      const times = [];
      const noting = (url, init) => {
        if (init.headers["x-fal-target-url"].includes("/status?")) times.push(performance.now());
        return fetch(url, init);
      };
      fal.config({ proxyUrl: "/api/fal/proxy", fetch: noting });
      await fal.subscribe("emulator/echo", { input: { delay_ms: 4_000 } });
      return times;
    });
    assert.ok(times.length > 2);
    for (const [poll, time] of times.entries()) {
      if (poll === 0) continue;
      const before = times[poll - 1];
      // The poll delay is a tenth of the job's age, at least 200 ms, and up to 20 % more or less.
      assert.ok(time - before >= 0.8 * Math.max(200, (before - times[0]) / 10), `poll ${poll} of ${times}`);
    }
  });
});

describe("progress and timings", () => {
  test("a call tells its phases in order, and shares that never go back within one", async () => {
    const { progress } = await follow();
    const phases = progress.map(({ phase }) => phase);
    assert.deepEqual([...new Set(phases)].filter((phase) => phase !== "queued"), ["running", "done"]);
    assert.deepEqual(progress.at(-1), { phase: "done", progress: 1 });
    const shares = progress.filter(({ phase, progress }) => phase === "running" && progress !== undefined).map(({ progress }) => progress);
    assert.ok(shares.length > 1, "the log lines name percentages");
    assert.deepEqual(shares, [...shares].sort((a, b) => a - b));
  });

  test("a caller who wants progress and no logs gets updates without logs", async () => {
    const { updates, progress } = await follow({ logs: false });
    assert.ok(updates.every(({ logs }) => !logs?.length));
    assert.ok(progress.some(({ phase, progress }) => phase === "running" && progress > 0));
  });

  test("a result says what was measured, without changing what the official client lists", async () => {
    const { keys, metrics, timings, requestId } = await follow();
    assert.deepEqual(keys, ["data", "requestId"]);
    assert.ok(requestId);
    assert.ok(timings);
    assert.ok(Number(metrics?.inference_time) > 0);
    assert.ok(Math.abs(timings.queued + timings.ran - timings.total) < 1);
    assert.ok(timings.total > 1_000 && timings.ran > 500);
  });
});

describe("without a network", () => {
  test("a call that follows waits for it, and goes on", { skip: cannot("offline") }, async () => {
    const held = await client.emulator.hold(HALF);
    const started = follow({ mode: "polling", pollInterval: 200 });
    await held.reached();
    await client.page.context().setOffline(true);
    await held.release();
    // Stay offline for longer than the time between two polls.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await client.page.context().setOffline(false);
    const followed = await started;
    assert.equal(followed.thrown, undefined);
    assert.equal(followed.updates.at(-1).status, "COMPLETED");
  });

  test("a submit that never left the machine is sent once the network is back", { skip: cannot("offline") }, async () => {
    await client.page.context().setOffline(true);
    const started = client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } }));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal((await client.sent("text-to-video")).length, 0);
    await client.page.context().setOffline(false);
    assert.ok((await started).request_id);
    assert.equal((await client.sent("text-to-video")).length, 1);
  });

  test("a timeout ends the wait", { skip: cannot("offline") }, async () => {
    await client.page.context().setOffline(true);
    const { thrown } = await client.run(() => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, timeout: 500 }));
    assert.equal(thrown.name, "TimeoutError");
    await client.page.context().setOffline(false);
  });

  test("an abort ends the wait", { skip: cannot("offline") }, async () => {
    await client.page.context().setOffline(true);
    const { thrown } = await client.run(() =>
      fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, abortSignal: AbortSignal.timeout(300) }),
    );
    assert.equal(thrown.name, "TimeoutError");
    await client.page.context().setOffline(false);
  });
});
