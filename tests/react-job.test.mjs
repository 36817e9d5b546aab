// The job behind the hook of fal-wasm/react: components mount and unmount, and calls begin and end, in different orders. The
// client is a fake that each test controls.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { importSource } from "./support/source.mjs";

const ID = "acme/app";
const DETACHED = Object.assign(new Error("left"), { code: "detached" });
const IN_USE = Object.assign(new Error("another call follows it"), { code: "in_use" });

let jobOf;
before(async () => ({ jobOf } = await importSource("js/react/job.ts")));

/** Waits until the handlers of settled promises have run. */
const settle = () => new Promise(setImmediate);

/**
 * A client whose calls wait. Each of `calls` is `{ name, target, options, resolve, reject, isAborted, isDetached }`. An abort
 * or a detach rejects the call, as in the real client.
 */
function fakeClient({ persist = true, saved = [] } = {}) {
  const calls = [];
  const begin = (name) => (target, options) =>
    new Promise((resolve, reject) => {
      const { abortSignal, detachSignal } = options;
      const call = { name, target, options, resolve, reject, isAborted: false, isDetached: false };
      abortSignal?.addEventListener("abort", () => ((call.isAborted = true), reject(abortSignal.reason)));
      detachSignal?.addEventListener("abort", () => ((call.isDetached = true), reject(DETACHED)));
      calls.push(call);
    });
  const client = {
    persist,
    subscribe: begin("subscribe"),
    resume: begin("resume"),
    queue: { cancel: begin("cancel") },
    lists: 0,
    pending: async () => ((client.lists += 1), saved),
  };
  return { client, calls, saved };
}

let entries = 0;
/** A saved request. Each is newer than the previous ones. */
const entry = (requestId, more) => ({ endpointId: ID, requestId, submittedAt: (entries += 1), label: { useFal: "" }, state: "pending", isFollowed: false, ...more });
const result = (answer, requestId = "r1") => ({ data: { answer }, requestId });
const shown = ({ status, isRunning, data, error, requestId }) => [status, isRunning, data?.answer, error?.message, requestId];

let client;
let calls;
let saved;
let job;
const start = (options) => {
  ({ client, calls, saved } = fakeClient(options));
  job = jobOf(client, ID, "");
};
beforeEach(() => start());

describe("run", () => {
  test("shows each report of the call, and its result", async () => {
    const states = [];
    job.watch(() => states.push(job.state.progress?.phase ?? job.state.status), {});
    const outcome = job.run({ prompt: "x" }, { label: "mine", priority: "low" });
    const { target, options } = calls[0];
    assert.deepEqual([target, options.input, options.priority, options.logs, options.persist], [ID, { prompt: "x" }, "low", true, true]);
    options.onProgress({ phase: "queued" });
    options.onEnqueue("r1");
    options.onQueueUpdate({ status: "IN_PROGRESS", logs: [{ message: "50%" }] });
    options.onQueueUpdate({ status: "COMPLETED", logs: null });
    options.onProgress({ phase: "done" });
    calls[0].resolve(result(42));
    assert.deepEqual(await outcome, result(42));
    assert.deepEqual(shown(job.state), ["success", false, 42, undefined, "r1"]);
    assert.deepEqual([job.state.label, job.state.logs], ["mine", []]);
    assert.deepEqual(states, ["running", "queued", "queued", "queued", "queued", "done", "done"]);
  });

  test("while a job runs begins nothing, and resolves with undefined", async () => {
    job.run({}, {});
    assert.equal(await job.run({}, {}), undefined);
    assert.equal(calls.length, 1);
  });

  test("that fails shows the error and resolves; the next one shows no error", async () => {
    const outcome = job.run({}, {});
    calls[0].reject(new RangeError("no"));
    assert.equal(await outcome, undefined);
    assert.deepEqual(shown(job.state), ["error", false, undefined, "no", undefined]);
    assert.ok(job.state.error instanceof RangeError);
    job.run({}, {});
    assert.deepEqual(shown(job.state), ["running", true, undefined, undefined, undefined]);
  });

  test("that fails with a value that is no error shows an error of it", async () => {
    const outcome = job.run({}, {});
    calls[0].reject("plain words");
    await outcome;
    assert.deepEqual([job.state.error.message, job.state.error.cause], ["plain words", "plain words"]);
  });

  test("saves where the option, then the client's setting says", () => {
    for (const [setting, option, persist] of [[true, undefined, true], [false, undefined, false], [undefined, undefined, false], [false, true, true], [true, false, false]]) {
      start();
      client.persist = setting;
      job.run({}, { persist: option });
      assert.equal(calls[0].options.persist, persist, `${setting}, ${option}`);
    }
  });

  test("saves in the page's database if nothing else is said, and it has one", (t) => {
    Object.defineProperty(globalThis, "indexedDB", { value: {}, configurable: true });
    t.after(() => Reflect.deleteProperty(globalThis, "indexedDB"));
    client.persist = undefined;
    job.run({}, {});
    assert.equal(calls[0].options.persist, true);
  });
});

describe("cancel", () => {
  test("aborts the call, and shows it at once; what the call ends with is not shown", async () => {
    job.watch(() => {}, {});
    const outcome = job.run({}, {});
    calls[0].options.onEnqueue("r1");
    job.cancel();
    assert.deepEqual(shown(job.state), ["cancelled", false, undefined, undefined, undefined]);
    assert.ok(calls[0].isAborted);
    assert.equal(await outcome, undefined);
    assert.deepEqual([job.state.status, calls.length], ["cancelled", 1]);
  });

  test("lets another job run at once, which the end of the first one does not touch", async () => {
    const first = job.run({}, {});
    job.cancel();
    const second = job.run({}, {});
    await first;
    calls[0].options.onProgress({ phase: "running" });
    assert.deepEqual([job.state.status, job.state.progress], ["running", undefined]);
    calls[1].resolve(result(2, "r2"));
    assert.deepEqual(await second, result(2, "r2"));
    assert.deepEqual(shown(job.state), ["success", false, 2, undefined, "r2"]);
  });

  test("of a result that has come meanwhile keeps the job cancelled", async () => {
    const outcome = job.run({}, {});
    calls[0].resolve(result(42));
    job.cancel();
    assert.equal(await outcome, undefined);
    assert.equal(job.state.status, "cancelled");
  });

  test("of a job that was resumed and is not followed yet is sent by its id", async () => {
    saved.push(entry("r7"));
    job.watch(() => {}, {});
    await settle();
    job.cancel();
    assert.deepEqual(calls.map(({ name, isAborted }) => [name, isAborted]), [["resume", true], ["cancel", false]]);
    assert.deepEqual([calls[1].target, calls[1].options], [ID, { requestId: "r7", persist: true }]);
    calls[1].reject(new Error("offline"));
    await settle();
    assert.equal(job.state.status, "cancelled");
  });

  test("without a running job does nothing", () => {
    job.cancel();
    assert.deepEqual([job.state.status, calls.length], ["idle", 0]);
  });
});

describe("reset", () => {
  test("removes a result, and leaves a running job alone", async () => {
    const outcome = job.run({}, {});
    job.reset();
    assert.equal(job.state.status, "running");
    calls[0].resolve(result(42));
    await outcome;
    job.reset();
    assert.deepEqual(shown(job.state), ["idle", false, undefined, undefined, undefined]);
  });
});

describe("a component that unmounts", () => {
  test("and mounts again at once, as in StrictMode, leaves nothing and asks once for saved jobs", async () => {
    const unwatch = job.watch(() => {}, {});
    unwatch();
    job.watch(() => {}, {});
    await settle();
    assert.equal(client.lists, 1);
    job.run({}, {});
    calls[0].options.onEnqueue("r1");
    job.watch(() => {}, {})();
    await settle();
    assert.ok(!calls[0].isDetached);
  });

  test("leaves the job running, and the next one resumes it and shows it at once", async () => {
    const unwatch = job.watch(() => {}, {});
    await settle();
    const outcome = job.run({}, { label: "mine" });
    calls[0].options.onEnqueue("r1");
    calls[0].options.onProgress({ phase: "running", progress: 0.5 });
    unwatch();
    await settle();
    assert.ok(calls[0].isDetached && !calls[0].isAborted);
    assert.equal(await outcome, undefined);
    saved.push(entry("r1"), entry("r0"));
    job.watch(() => {}, {});
    assert.deepEqual([job.state.status, job.state.progress.progress, job.state.label], ["running", 0.5, "mine"]);
    await settle();
    assert.equal(job.state.progress.progress, 0.5, "until the resumed call reports");
    assert.deepEqual(calls.map(({ name }) => name), ["subscribe", "resume"]);
    assert.equal(calls[1].target, saved[0]);
    calls[1].resolve(result(42));
    await settle();
    assert.deepEqual(shown(job.state), ["success", false, 42, undefined, "r1"]);
  });

  test("while its files are uploaded leaves the job once it is submitted, and not before", async () => {
    const unwatch = job.watch(() => {}, {});
    await settle();
    job.run({}, {});
    calls[0].options.onProgress({ phase: "uploading", progress: 0.5, loaded: 1, total: 2 });
    unwatch();
    await settle();
    assert.ok(!calls[0].isDetached, "the upload goes on");
    calls[0].options.onEnqueue("r1");
    assert.ok(calls[0].isDetached);
    await settle();
    assert.deepEqual(shown(job.state), ["running", true, undefined, undefined, "r1"]);
  });

  test("while its files are uploaded, and mounts again, follows the same call", async () => {
    const unwatch = job.watch(() => {}, {});
    await settle();
    job.run({}, {});
    unwatch();
    await settle();
    job.watch(() => {}, {});
    calls[0].options.onEnqueue("r1");
    await settle();
    assert.deepEqual([calls.length, calls[0].isDetached], [1, false]);
  });

  test("while it looks for saved jobs resumes none", async () => {
    saved.push(entry("r1"));
    job.watch(() => {}, {})();
    await settle();
    assert.deepEqual([calls.length, job.state.status], [0, "idle"]);
  });

  test("without persist leaves a job that is resumed by its id, from no store", async () => {
    start({ persist: false });
    const unwatch = job.watch(() => {}, {});
    job.run({}, {});
    calls[0].options.onEnqueue("r1");
    unwatch();
    await settle();
    job.watch(() => {}, {});
    await settle();
    const { name, target, options } = calls[1];
    assert.deepEqual([name, target.endpointId, target.requestId, client.lists], ["resume", ID, "r1", 0]);
    assert.ok(Math.abs(Date.now() - target.submittedAt) < 60_000);
    assert.deepEqual(options.persist.list(), []);
  });

  test("lets a cancel of the left job be sent by its id", async () => {
    const unwatch = job.watch(() => {}, {});
    await settle();
    job.run({}, {});
    calls[0].options.onEnqueue("r1");
    unwatch();
    await settle();
    job.cancel();
    assert.deepEqual([calls[1].name, calls[1].options.requestId, job.state.status], ["cancel", "r1", "cancelled"]);
  });
});

describe("a component that mounts", () => {
  test("resumes the newest saved job of its endpoint and key, with its label", async () => {
    saved.push(
      entry("old", { label: { useFal: "", label: "old" } }),
      entry("new", { label: { useFal: "", label: "new" } }),
      entry("gone", { state: "expired" }),
      entry("other key", { label: { useFal: "b" } }),
      entry("of nobody", { label: undefined }),
      entry("other endpoint", { endpointId: "acme/other" }),
    );
    job.watch(() => {}, { timeout: 9 });
    await settle();
    assert.deepEqual([job.state.status, job.state.requestId, job.state.label], ["running", "new", "new"]);
    assert.deepEqual([calls.length, calls[0].target.requestId, calls[0].options.timeout, calls[0].options.logs], [1, "new", 9, true]);
    calls[0].resolve(result(42, "new"));
    await settle();
    assert.deepEqual(shown(job.state), ["success", false, 42, undefined, "new"]);
  });

  test("takes the next one if another tab follows the first, and shows nothing of the other tab's", async () => {
    saved.push(entry("b"), entry("a"), entry("c", { isFollowed: true }));
    job.watch(() => {}, {});
    await settle();
    for (const id of ["a", "b"]) {
      assert.equal(calls.at(-1).target.requestId, id);
      calls.at(-1).reject(IN_USE);
      await settle();
    }
    assert.equal(calls.at(-1).target.requestId, "c");
    assert.equal(calls.length, 3);
  });

  test("shows a job that seems followed only once it reports, as after a reload", async () => {
    saved.push(entry("r1", { isFollowed: true, label: { useFal: "", label: "mine" } }));
    job.watch(() => {}, {});
    await settle();
    assert.equal(job.state.status, "idle");
    calls[0].options.onProgress({ phase: "running", progress: undefined });
    assert.deepEqual([job.state.status, job.state.requestId, job.state.label], ["running", "r1", "mine"]);
  });

  test("is idle again if other tabs follow all", async () => {
    saved.push(entry("r1"));
    job.watch(() => {}, {});
    await settle();
    calls[0].reject(IN_USE);
    await settle();
    assert.deepEqual(shown(job.state), ["idle", false, undefined, undefined, undefined]);
    job.run({}, {});
    assert.equal(calls[1].name, "subscribe");
  });

  test("lets a run that comes before the saved jobs are known go first", async () => {
    saved.push(entry("r1"));
    job.watch(() => {}, {});
    job.run({}, {});
    await settle();
    assert.deepEqual(calls.map(({ name }) => name), ["subscribe"]);
  });

  test("lets a run take the place of a wait for another tab's job", async () => {
    saved.push(entry("r1", { isFollowed: true }));
    job.watch(() => {}, {});
    await settle();
    job.run({}, {});
    assert.ok(calls[0].isDetached && !calls[0].isAborted);
    await settle();
    assert.deepEqual([job.state.status, calls[1].name], ["running", "subscribe"]);
  });

  test("shows nothing if the store cannot be read, and still resumes what this page has left", async () => {
    client.pending = async () => {
      throw Object.assign(new Error("blocked"), { code: "store_unavailable" });
    };
    const unwatch = job.watch(() => {}, {});
    await settle();
    assert.equal(job.state.status, "idle");
    job.run({}, {});
    calls[0].options.onEnqueue("r1");
    unwatch();
    await settle();
    job.watch(() => {}, {});
    await settle();
    assert.deepEqual([calls[1].name, calls[1].target.requestId], ["resume", "r1"]);
  });

  test("leaves a result or an error as it is", async () => {
    const outcome = job.run({}, {});
    calls[0].reject(new Error("no"));
    await outcome;
    job.watch(() => {}, {});
    await settle();
    assert.deepEqual([client.lists, job.state.status], [0, "error"]);
  });
});

describe("resume", () => {
  test("follows the job whose connection was lost", async () => {
    job.watch(() => {}, {});
    await settle();
    const outcome = job.run({}, {});
    calls[0].options.onEnqueue("r1");
    calls[0].reject(Object.assign(new Error("no answer"), { code: "network" }));
    await outcome;
    assert.deepEqual(shown(job.state), ["error", false, undefined, "no answer", "r1"]);
    saved.push(entry("r1"), entry("r2"));
    await Promise.race([job.resume({}), settle()]);
    assert.deepEqual(shown(job.state), ["running", true, undefined, undefined, "r1"]);
    assert.equal(calls[1].target, saved[0]);
  });

  test("after a result follows an older job that is still saved", async () => {
    const outcome = job.run({}, {});
    calls[0].resolve(result(42));
    await outcome;
    saved.push(entry("r0"));
    await Promise.race([job.resume({}), settle()]);
    assert.deepEqual([calls[1].target.requestId, job.state.status], ["r0", "running"]);
  });

  test("while a job runs does nothing", async () => {
    job.run({}, {});
    await job.resume({});
    assert.equal(calls.length, 1);
  });
});

describe("jobs", () => {
  test("are one for each client, endpoint and key", () => {
    const other = fakeClient().client;
    assert.equal(jobOf(client, ID, ""), job);
    const all = [job, jobOf(client, ID, "b"), jobOf(client, "acme/other", ""), jobOf(other, ID, "")];
    assert.equal(new Set(all).size, 4);
  });
});
