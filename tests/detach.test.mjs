// Detaching from a call does not cancel its job. The job goes on and stays saved, and `resume` can follow it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { countWaiting, withSaving } from "./support/saved.mjs";

const client = withSaving();
beforeEach(async () => {
  await client.start();
  await client.inPage(() => {
    window.untilSeen = async (status) => {
      while (!seen.includes(status)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    window.listen = { onQueueUpdate: (it) => seen.push(it.status) };
  });
});
afterEach(async () => {
  assert.deepEqual(client.unhandled, [], "nothing is left unhandled");
  assert.deepEqual(await client.cancels(), [], "no job is cancelled");
});

const inPage = (script, argument) => client.inPage(script, argument);

describe("detachSignal", () => {
  test("settles subscribe at once with the code detached, and leaves the job running and saved", async () => {
    const seen = await inPage(async () => {
      const leave = new AbortController();
      const requestId = await begin({ ...listen, detachSignal: leave.signal });
      await untilSeen("IN_PROGRESS");
      leave.abort();
      const { name, code, requestId: of, message, jobMayExist } = await job;
      const [entry, ...more] = await fal.pending();
      return { error: [name, code, of === requestId, jobMayExist], message, listed: [entry.requestId === requestId, entry.isFollowed, entry.state, more.length], result: await settled(fal.resume(entry)) };
    });
    assert.deepEqual(seen.error, ["FalError", "detached", true, false]);
    assert.match(seen.message, /detached from its job, which goes on/);
    assert.deepEqual(seen.listed, [true, false, "pending", 0]);
    assert.deepEqual(seen.result, { answer: 42 });
    assert.equal((await client.submits()).length, 1);
  });

  test("lets another call have the request at once, without a wait", async () => {
    const results = await inPage(async () => {
      const leave = new AbortController();
      const requestId = await begin({ ...listen, detachSignal: leave.signal });
      await untilSeen("IN_PROGRESS");
      leave.abort();
      // Resume in the same task, before the first call has even rejected.
      return Promise.all([job, settled(fal.resume(requestId))]);
    });
    assert.deepEqual([results[0].code, results[1]], ["detached", { answer: 42 }]);
  });

  test("lets another tab have it", async () => {
    const other = await client.anotherTab();
    const running = await client.holdJobs();
    const requestId = await inPage(async () => {
      window.leave = new AbortController();
      return begin({ input: { how: "held" }, detachSignal: leave.signal });
    });
    const waiting = other.evaluate((id) => settled(fal.resume(id, { wait: true })), requestId);
    await until(() => countWaiting(client.page));
    await inPage(() => leave.abort());
    await until(async () => (await countWaiting(client.page)) === 0);
    await running.release();
    assert.deepEqual(await waiting, { answer: 42 });
  });

  test("settles resume and subscribeToStatus, too, and tells no update afterwards", async () => {
    const seen = await inPage(async () => {
      const { request_id: requestId } = await fal.queue.submit("acme/slow", { input: {} });
      const codes = [];
      let told = 0;
      for (const follow of [(options) => fal.resume(requestId, options), (options) => fal.queue.subscribeToStatus("acme/slow", { requestId, ...options })]) {
        const leave = new AbortController();
        const call = follow({ detachSignal: leave.signal, onQueueUpdate: () => (leave.abort(), (told += 1)) });
        codes.push(await call.catch(({ code, requestId: of }) => [code, of === requestId]));
      }
      const result = await settled(fal.resume(requestId));
      return { codes, told, result };
    });
    assert.deepEqual(seen, { codes: [["detached", true], ["detached", true]], told: 2, result: { answer: 42 } });
  });

  test("that is aborted already ends each call before it sends anything", async () => {
    const errors = await inPage(async () => {
      const detachSignal = AbortSignal.abort();
      const entry = { endpointId: "acme/slow", requestId: "r1", submittedAt: Date.now() };
      const calls = [
        fal.subscribe("acme/slow", { input: {}, detachSignal }),
        fal.subscribe("acme/slow", { input: {}, detachSignal, persist: false }),
        fal.resume(entry, { detachSignal }),
        fal.queue.subscribeToStatus("acme/slow", { requestId: "r1", detachSignal }),
      ];
      return Promise.all(calls.map((call) => call.catch(caught)));
    });
    assert.deepEqual(errors.map(({ code, requestId }) => [code, requestId]), [["detached", ""], ["detached", ""], ["detached", "r1"], ["detached", "r1"]]);
    assert.match(errors[0].message, /Nothing was submitted/);
    assert.deepEqual(await client.sent("acme/"), []);
  });

  test("while a file is uploaded ends the upload, and nothing is submitted", async () => {
    await client.emulator.plan({ seed: 1, rules: [{ route: "put", fault: { delay_ms: 600_000 } }] });
    const error = await inPage(async () => {
      const leave = new AbortController();
      const call = fal.subscribe("acme/slow", { input: { file: new Blob(["bytes"]) }, detachSignal: leave.signal, onProgress: ({ phase }) => seen.push(phase) });
      await untilSeen("uploading");
      leave.abort();
      return { ...(await settled(call)), left: (await fal.pending()).length };
    });
    assert.deepEqual([error.code, error.requestId, error.jobMayExist, error.left], ["detached", "", false, 0]);
    assert.deepEqual(await client.submits(), []);
  });

  test("while the submit is in flight lets it finish: the request is saved, and onEnqueue is not called", async () => {
    const inFlight = await client.holdSubmits();
    await inPage(() => {
      window.leave = new AbortController();
      window.call = settled(fal.subscribe("acme/slow", { input: {}, detachSignal: leave.signal, onEnqueue: (id) => seen.push(id) }));
    });
    await inFlight.reached();
    await inPage(() => leave.abort());
    await inFlight.release();
    const outcome = await inPage(async () => {
      const { code, requestId, jobMayExist, message } = await call;
      const [entry] = await fal.pending();
      return { error: [code, requestId, jobMayExist], message, seen, isFollowed: entry.isFollowed, result: await settled(fal.resume(entry)) };
    });
    assert.deepEqual(outcome.error, ["detached", "", true]);
    assert.match(outcome.message, /in flight/);
    assert.deepEqual([outcome.seen, outcome.isFollowed, outcome.result], [[], false, { answer: 42 }]);
    assert.equal((await client.submits()).length, 1);
  });

  test("while the submit is in flight and then fails leaves nothing, and nobody waiting", async () => {
    await client.emulator.plan({ seed: 1, rules: [{ route: "submit", fault: { status: 422, body: { detail: "no" } } }] });
    const inFlight = await client.holdSubmits();
    await inPage(() => {
      window.leave = new AbortController();
      window.call = settled(fal.subscribe("acme/slow", { input: {}, detachSignal: leave.signal }));
    });
    await inFlight.reached();
    await inPage(() => leave.abort());
    await inFlight.release();
    const outcome = await inPage(async () => [(await call).code, (await fal.pending()).length]);
    assert.deepEqual(outcome, ["detached", 0]);
  });

  test("without persist leaves the job running, which its id can be asked for", async () => {
    const result = await inPage(async () => {
      const leave = new AbortController();
      await begin({ ...listen, persist: false, detachSignal: leave.signal });
      await untilSeen("IN_PROGRESS");
      leave.abort();
      const { code, requestId } = await job;
      await fal.queue.subscribeToStatus("acme/slow", { requestId });
      return [code, await settled(fal.queue.result("acme/slow", { requestId }))];
    });
    assert.deepEqual(result, ["detached", { answer: 42 }]);
  });

  test("after which the caller aborts cancels nothing: the job was left", async () => {
    const code = await inPage(async () => {
      const leave = new AbortController();
      const stop = new AbortController();
      await begin({ ...listen, detachSignal: leave.signal, abortSignal: stop.signal });
      await untilSeen("IN_PROGRESS");
      leave.abort();
      stop.abort();
      return (await job).code;
    });
    assert.equal(code, "detached");
    const [entry] = await inPage(() => fal.pending());
    assert.deepEqual(await inPage((entry) => settled(fal.resume(entry)), entry), { answer: 42 });
  });
});

describe("React's StrictMode, which mounts, unmounts and mounts again,", () => {
  /** The effect of a component, in two versions. docs/cancelling.md shows the second one. */
  const mounting = () => {
    window.results = [];
    window.errors = [];
    const effect = (work) => () => {
      const leave = new AbortController();
      work({ detachSignal: leave.signal }).then(
        ({ data }) => results.push(data),
        (error) => error.code === "detached" || errors.push(String(error)),
      );
      return () => leave.abort();
    };
    const subscribe = (options) => fal.subscribe("acme/slow", { input: {}, ...options });
    const takeUp = async (options) => {
      const [entry] = await fal.pending();
      return entry ? fal.resume(entry, options) : subscribe(options);
    };
    window.mounts = [effect(subscribe), effect(takeUp)];
  };

  for (const [what, first, isInFlight] of [
    ["asks for saved jobs each time", 1, false],
    ["subscribes first, and asks at the second mount", 0, false],
    ["subscribes first, and is mounted again while the submit is in flight", 0, true],
  ]) {
    test(`has one job and one result where it ${what}`, async () => {
      const inFlight = isInFlight ? await client.holdSubmits() : undefined;
      await inPage(mounting);
      await inPage((first) => (window.unmount = mounts[first]()), first);
      await inFlight?.reached();
      await inPage(() => {
        unmount();
        mounts[1]();
      });
      await inFlight?.release();
      await until(() => inPage(() => results.length + errors.length > 0));
      assert.deepEqual(await inPage(async () => [results, errors, (await fal.pending()).length]), [[{ answer: 42 }], [], 0]);
      assert.equal((await client.submits()).length, 1);
    });
  }

  test("has one job and one result where the first mount is already followed", async () => {
    await inPage(mounting);
    await inPage(async () => {
      const unmount = mounts[0]();
      while ((await fal.pending()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      unmount();
      mounts[1]();
    });
    await until(() => inPage(() => results.length + errors.length > 0));
    assert.deepEqual(await inPage(() => [results, errors]), [[{ answer: 42 }], []]);
    assert.equal((await client.submits()).length, 1);
  });
});
