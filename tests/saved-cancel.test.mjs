// An aborted job stays saved until fal has acknowledged the cancel, because a job that runs on is billed.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { HELD_MS, holdTimers } from "./support/clock.mjs";
import { withSaving } from "./support/saved.mjs";

const client = withSaving();
beforeEach(() => client.start());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const inPage = (script, argument) => client.inPage(script, argument);
const ids = () => inPage(async () => (await fal.pending()).map(({ requestId }) => requestId));
/** Whether a job is listed that no call follows any more. */
const isLeft = () => inPage(async () => (await fal.pending()).some(({ isFollowed }) => !isFollowed));
const cancelAnswer = (answer) => client.emulator.plan({ seed: 1, rules: [{ route: "cancel", fault: answer }] });
/** Subscribes, and aborts the call when the job is in the queue. Resolves with its request id. */
const abortJob = () =>
  inPage(async () => {
    const stop = new AbortController();
    const id = await begin({ input: { how: "endless" }, abortSignal: stop.signal });
    stop.abort();
    if ((await job).name !== "AbortError") throw new Error("it was not aborted");
    return id;
  });

const ACKNOWLEDGED = [
  ["an answer of 202", { status: 202, body: { status: "CANCELLATION_REQUESTED" } }],
  ["an answer of 200", { status: 200, body: { success: true } }],
  ["an answer without a body", { status: 202 }],
  ["that it has completed", { status: 400, body: { status: "ALREADY_COMPLETED" } }],
  ["that fal does not know it", { status: 404, body: { status: "NOT_FOUND" } }],
];

const REFUSED = [
  ["a server that is down", { status: 503, body: "<html>busy</html>" }],
  ["a key that is refused", { status: 401, body: { detail: "invalid key credentials" } }],
  ["a framework without that route", { status: 404, body: { detail: "Not Found" } }],
  ["a framework without that method", { status: 405, body: { detail: "Method Not Allowed" } }],
  ["a proxy's own refusal", { status: 400, body: { error: "Invalid request" } }],
  ["a login page", { html: true }],
  ["a lost connection", { reset: "before" }],
];

describe("an aborted job is dropped", () => {
  for (const [what, answer] of ACKNOWLEDGED) {
    test(`at ${what}`, async () => {
      await cancelAnswer(answer);
      await abortJob();
      assert.deepEqual(await ids(), []);
    });
  }

  test("only then: it is listed, and held, while the cancel is on its way", async () => {
    await cancelAnswer({ delay_ms: 600_000 });
    const id = await abortJob();
    await until(async () => (await client.cancels()).length === 1);
    const other = await client.anotherTab();
    const [entry] = await other.evaluate(() => fal.pending());
    assert.deepEqual([entry.requestId, entry.isFollowed], [id, true]);
  });
});

describe("an aborted job stays saved, and can be resumed,", () => {
  for (const [what, answer] of REFUSED) {
    test(`where the cancel meets ${what}`, async () => {
      await cancelAnswer(answer);
      const id = await abortJob();
      await until(isLeft);
      assert.deepEqual(await ids(), [id]);
      await client.emulator.clearPlan();
      const aborted = await inPage(async (id) => {
        const stop = new AbortController();
        const { name } = await settled(fal.resume(id, { abortSignal: stop.signal, onQueueUpdate: () => stop.abort() }));
        return { name, left: (await fal.pending()).length };
      }, id);
      assert.deepEqual(aborted, { name: "AbortError", left: 0 }, "the second cancel was taken");
    });
  }

  test("where the page goes away before the cancel has arrived", async () => {
    await cancelAnswer({ delay_ms: 600_000 });
    const id = await abortJob();
    await until(async () => (await client.cancels()).length === 1);
    await client.arrive();
    assert.deepEqual(await ids(), [id]);
  });
});

describe("the same holds", () => {
  test("for a timeout", async () => {
    await cancelAnswer({ status: 503, body: "busy" });
    await inPage(holdTimers, HELD_MS);
    const { name, requestId } = await inPage(async (timeout) => {
      await begin({ input: { how: "endless" }, timeout });
      expire();
      return job;
    }, HELD_MS);
    assert.equal(name, "TimeoutError");
    await until(isLeft);
    assert.deepEqual(await ids(), [requestId]);
    await client.emulator.clearPlan();
    assert.equal((await inPage((id) => settled(fal.resume(id, { timeout: 50 })), requestId)).name, "TimeoutError");
    assert.deepEqual(await ids(), []);
  });

  test("for a callback that throws", async () => {
    await cancelAnswer({ status: 503, body: "busy" });
    const { message } = await inPage(async () => {
      await begin({ input: { how: "endless" }, onQueueUpdate: () => { throw new RangeError("mine"); } });
      return job;
    });
    assert.equal(message, "mine");
    await until(isLeft);
    assert.equal((await ids()).length, 1);
  });

  test("for a submit that was aborted in flight: its request is saved when its id comes, and dropped when it is cancelled", async () => {
    for (const { answer, left } of [{ answer: { status: 503, body: "busy" }, left: 1 }, { answer: { status: 202 }, left: 0 }]) {
      await client.start();
      await cancelAnswer(answer);
      for (const how of ["subscribe", "submit"]) {
        const inFlight = await client.holdSubmits();
        await inPage((how) => {
          window.leave = new AbortController();
          const submit = how === "submit" ? fal.queue.submit : fal.subscribe;
          window.call = settled(submit("acme/slow", { input: { how: "endless" }, abortSignal: leave.signal, onEnqueue: (id) => seen.push(id) }));
        }, how);
        await inFlight.reached();
        const { name } = await inPage(() => {
          leave.abort();
          return call;
        });
        assert.equal(name, "AbortError");
        await inFlight.release();
      }
      await until(async () => (await client.cancels()).length === (left ? 4 : 2));
      assert.deepEqual(await inPage(() => seen), [], "onEnqueue is not called");
      assert.equal((await ids()).length, 2 * left);
    }
  });
});

describe("queue.cancel", () => {
  for (const [what, answer] of REFUSED) {
    test(`that meets ${what} rejects, and the job stays saved`, async () => {
      await cancelAnswer(answer);
      const seen = await inPage(async () => {
        const { request_id: requestId } = await fal.queue.submit("acme/slow", { input: { how: "endless" } });
        const { requestId: of, code } = await fal.queue.cancel("acme/slow", { requestId }).catch(caught);
        return { isNamed: of === requestId, code, left: (await fal.pending()).length };
      });
      assert.deepEqual([seen.isNamed, seen.left], [true, 1]);
      assert.match(seen.code, /^(http|bad_response|network)$/);
    });
  }
});

describe("a timeout", () => {
  test("while a completed result is fetched keeps the job saved: the result is there", async () => {
    await inPage(() => {
      const later = setTimeout;
      /** @type {import("./page.js").Timers} */ (window).setTimeout = (run, ms, ...given) => (ms === 77_777 ? (window.timeIsUp = run) : later(run, ms, ...given));
    });
    await client.emulator.plan({ seed: 1, rules: [{ route: "result", fault: { delay_ms: 600_000 } }] });
    await inPage(() => void begin({ input: { how: "quick" }, timeout: 77_777, onQueueUpdate: ({ status }) => seen.push(status) }));
    await until(() => inPage(() => seen.includes("COMPLETED")));
    const { name, requestId } = await inPage(() => (timeIsUp(), job));
    assert.equal(name, "TimeoutError");
    await client.emulator.clearPlan();
    assert.deepEqual(await ids(), [requestId]);
    assert.deepEqual(await inPage((id) => settled(fal.resume(id)), requestId), { answer: 42 });
    assert.deepEqual(await ids(), []);
  });
});
