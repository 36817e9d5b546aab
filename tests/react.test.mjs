// fal-wasm/react in real pages, with each version of React, against the emulator. Whatever mounts, unmounts or reloads, there
// is one job and one result.

import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { VERSIONS, pageScript, serverRender } from "./support/react.mjs";
import { withSaving } from "./support/saved.mjs";

const GATE = {
  endpoint_id: "acme/gate",
  queue_ms: 0,
  run_ms: 20,
  logs: [{ at_ms: 0, message: "at the gate (50%)" }],
  output: { answer: 42 },
  cases: [{ when: { prompt: "refused" }, error: { status: 422, body: { detail: [{ loc: ["body", "prompt"], msg: "no such prompt", type: "value_error" }] } } }],
};

const client = withSaving({ gate: GATE });

const inPage = (script, argument) => client.inPage(script, argument);
const submits = async () => (await client.sent("acme/gate")).filter(({ method, target = "" }) => method === "POST" && target.endsWith("acme/gate"));
/** Waits until a panel of the page shows these words. */
const untilShown = (words, name = "a", page = client.page) =>
  until(async () => (await page.evaluate((name) => textOf(name), name)) === words).catch(async () => assert.equal(await page.evaluate((name) => textOf(name), name), words));
const savedCount = () => inPage(async () => (await fal.pending()).length);

for (const version of VERSIONS) {
  describe(`useFal in React ${version}`, () => {
    let script;
    before(async () => (script = await pageScript(version)));

    /** Loads the page, as a reload does. It can then show panels. */
    async function arrive(page = client.page) {
      await client.arrive(page);
      await page.addScriptTag({ content: script });
    }

    /** Shows the panels, runs a job in panel "a", and waits until the emulator holds the job. */
    async function openRunning(panels = { a: {} }, options = {}) {
      const gate = await client.emulator.hold({ log_contains: "gate" });
      await inPage(([panels, options]) => show(panels, options), [panels, options]);
      await until(() => inPage(() => Boolean(window.jobs.a)));
      await inPage(() => void (window.outcome = jobs.a.run({ prompt: "x" }, { label: { title: "Leaves" } })));
      await untilShown("running running");
      return gate;
    }

    beforeEach(async () => {
      await client.start();
      await arrive();
      assert.equal(await inPage(() => reactVersion.split(".")[0]), version);
    });
    afterEach(async () => {
      await client.emulator.releaseAll();
      const complaints = await inPage(() => complaints);
      assert.deepEqual(complaints, [], "React does not complain");
      assert.deepEqual(client.unhandled, [], "nothing is left unhandled");
    });

    test("runs a job at a click, and shows its progress, its logs and its result", async () => {
      const gate = await client.emulator.hold({ log_contains: "gate" });
      await inPage(() => show({ a: {} }));
      await untilShown("idle");
      await inPage(() => buttonOf("a").click());
      await untilShown("running running");
      const running = await inPage(() => ({ ...jobs.a, isDisabled: buttonOf("a").disabled }));
      assert.deepEqual([running.isRunning, running.isDisabled, running.progress.progress, running.logs.at(-1).message], [true, true, 0.5, "at the gate (50%)"]);
      await gate.release();
      await untilShown("success done 42");
      const { requestId, isRunning } = await inPage(() => jobs.a);
      assert.deepEqual([isRunning, typeof requestId], [false, "string"]);
      assert.equal((await submits()).length, 1);
      await until(async () => (await savedCount()) === 0);
    });

    test("resolves run with the result", async () => {
      await inPage(() => show({ a: {} }));
      await untilShown("idle");
      const result = await inPage(() => jobs.a.run({ prompt: "x" }));
      assert.deepEqual([result.data, typeof result.requestId], [{ answer: 42 }, "string"]);
    });

    test("has the same functions in every render", async () => {
      await inPage(() => {
        show({ a: { key: "k" } });
      });
      await untilShown("idle");
      const areSame = await inPage(async () => {
        const { run, cancel, reset, resume } = jobs.a;
        await run({ prompt: "x" });
        return jobs.a.status === "success" && jobs.a.run === run && jobs.a.cancel === cancel && jobs.a.reset === reset && jobs.a.resume === resume;
      });
      assert.ok(areSame);
    });

    test("has one job and one result in StrictMode", async () => {
      const gate = await openRunning({ a: {} }, { isStrict: true });
      await gate.release();
      await untilShown("success done 42");
      assert.deepEqual([(await submits()).length, await inPage(async () => (await outcome).data)], [1, { answer: 42 }]);
    });

    for (const isStrict of [false, true]) {
      test(`resumes the job after a reload${isStrict ? " in StrictMode" : ""}, with its label, logs and progress`, async () => {
        const gate = await openRunning({ a: {} }, { isStrict });
        const requestId = await inPage(() => jobs.a.requestId);
        await arrive();
        await inPage((isStrict) => show({ a: {} }, { isStrict }), isStrict);
        await untilShown("running running");
        const { label, logs, requestId: resumed } = await inPage(() => jobs.a);
        assert.deepEqual([label, logs.at(-1).message, resumed], [{ title: "Leaves" }, "at the gate (50%)", requestId]);
        await gate.release();
        await untilShown("success done 42");
        assert.equal((await submits()).length, 1);
        await until(async () => (await savedCount()) === 0);
      });
    }

    test("leaves the job running at unmount, without a cancel, and goes on with it at the next mount", async () => {
      const gate = await openRunning();
      await inPage(() => show({}));
      // Wait until the client no longer follows the request. Another tab could then follow it.
      await until(() => inPage(async () => (await fal.pending()).every(({ isFollowed }) => !isFollowed)));
      assert.equal(await inPage(() => outcome.then((value) => value === undefined)), true);
      await inPage(() => show({ a: {} }));
      await untilShown("running running");
      await gate.release();
      await untilShown("success done 42");
      assert.deepEqual([(await submits()).length, await client.cancels()], [1, []]);
    });

    test("gives at the next mount a result that came while nobody looked", async () => {
      const gate = await openRunning();
      await inPage(() => show({}));
      await gate.release();
      await until(async () => (await client.emulator.jobs()).every(({ is_done: isDone }) => isDone));
      await inPage(() => show({ a: {} }));
      await untilShown("success done 42");
      assert.equal((await submits()).length, 1);
    });

    test("goes on with the job of a component that unmounted without persist", async () => {
      const gate = await openRunning({ a: { persist: false } });
      await inPage(() => show({}));
      await inPage(() => outcome);
      assert.equal(await savedCount(), 0);
      await inPage(() => show({ a: { persist: false } }));
      await gate.release();
      await untilShown("success done 42");
      assert.equal((await submits()).length, 1);
    });

    test("finishes the upload and submits, if it unmounts while a file is uploaded", async () => {
      const put = await client.emulator.hold({ method: "PUT", path_contains: "/files/" });
      await inPage(() => show({ a: {} }));
      await untilShown("idle");
      await inPage(() => void (window.outcome = jobs.a.run({ prompt: "x", file: new Blob(["bytes"]) })));
      await put.reached();
      await untilShown("running uploading");
      await inPage(() => show({}));
      assert.deepEqual(await submits(), []);
      await put.release();
      assert.equal(await inPage(() => outcome.then((value) => value === undefined)), true);
      assert.equal((await submits()).length, 1);
      await inPage(() => show({ a: {} }));
      await untilShown("success done 42");
      assert.deepEqual([(await submits()).length, await client.cancels()], [1, []]);
    });

    test("shows one job in two components with the same key; a second run begins nothing", async () => {
      const gate = await openRunning({ a: { key: "k" }, b: { key: "k" } });
      await untilShown("running running", "b");
      assert.equal(await inPage(() => jobs.b.run({ prompt: "other" }).then((value) => value === undefined)), true);
      // One of the two components unmounts. The other one keeps showing the job.
      await inPage(() => show({ b: { key: "k" } }));
      await gate.release();
      await untilShown("success done 42", "b");
      assert.deepEqual((await inPage(() => outcome)).data, { answer: 42 });
      assert.equal((await submits()).length, 1);
    });

    test("runs a job for each key", async () => {
      const gate = await openRunning({ a: { key: "a" }, b: { key: "b" } });
      await untilShown("idle", "b");
      await inPage(() => void jobs.b.run({ prompt: "x" }));
      await untilShown("running running", "b");
      await gate.release();
      await untilShown("success done 42", "a");
      await untilShown("success done 42", "b");
      assert.equal((await submits()).length, 2);
    });

    test("shows another job when its key changes, and leaves the one before", async () => {
      const gate = await openRunning({ a: { key: "first" } });
      await inPage(() => show({ a: { key: "second" } }));
      await untilShown("idle");
      await inPage(() => show({ a: { key: "first" } }));
      await untilShown("running running");
      await gate.release();
      await untilShown("success done 42");
      assert.deepEqual([(await submits()).length, await client.cancels()], [1, []]);
    });

    test("cancels the job, and runs another one", async () => {
      const gate = await openRunning();
      await inPage(() => jobs.a.cancel());
      await untilShown("cancelled");
      assert.equal(await inPage(() => outcome.then((value) => value === undefined)), true);
      await inPage(() => void (window.outcome = jobs.a.run({ prompt: "again" })));
      await gate.release();
      await untilShown("success done 42");
      await until(async () => (await client.cancels()).length === 1);
      assert.equal((await submits()).length, 2);
      await until(async () => (await savedCount()) === 0);
    });

    test("cancels a job that was resumed after a reload", async () => {
      await openRunning();
      await arrive();
      await inPage(() => show({ a: {} }));
      await untilShown("running running");
      await inPage(() => jobs.a.cancel());
      await untilShown("cancelled");
      await until(async () => (await client.cancels()).length === 1);
      await until(async () => (await savedCount()) === 0);
    });

    test("shows the service's error, and none any more at the next run", async () => {
      await inPage(() => show({ a: {} }));
      await untilShown("idle");
      assert.equal(await inPage(() => jobs.a.run({ prompt: "refused" }).then((value) => value === undefined)), true);
      await until(() => inPage(() => jobs.a.status === "error"));
      assert.deepEqual(await inPage(() => [jobs.a.error instanceof library.ValidationError, jobs.a.error?.message.includes("no such prompt"), jobs.a.data]), [true, true, undefined]);
      await inPage(() => jobs.a.run({ prompt: "x" }));
      await untilShown("success done 42");
    });

    test("resumes the job after its connection was lost", async () => {
      const gate = await openRunning();
      await client.emulator.plan({ seed: 1, rules: [{ route: "result", fault: { reset: "before" } }] });
      await gate.release();
      await until(() => inPage(() => jobs.a.status === "error"));
      assert.equal(await inPage(() => /** @type {any} */ (jobs.a.error).code), "network");
      await client.emulator.clearPlan();
      await inPage(() => jobs.a.resume());
      await untilShown("success done 42");
      assert.equal((await submits()).length, 1);
    });

    test("leaves the job of another tab to that tab, and finds its own after a reload", async () => {
      const gate = await openRunning();
      const other = await client.anotherTab();
      await arrive(other);
      await other.evaluate(() => show({ a: {} }));
      await untilShown("idle", "a", other);
      await other.evaluate(() => void jobs.a.run({ prompt: "x" }));
      await untilShown("running running", "a", other);
      const own = await inPage(() => jobs.a.requestId);
      await arrive();
      await inPage(() => show({ a: {} }));
      await untilShown("running running");
      assert.equal(await inPage(() => jobs.a.requestId), own);
      await gate.release();
      await untilShown("success done 42");
      await untilShown("success done 42", "a", other);
      assert.equal((await submits()).length, 2);
    });

    test("renders on the server without an effect, hydrates without a warning, and resumes then", async () => {
      const render = await serverRender(version);
      const { fetch } = globalThis;
      globalThis.fetch = () => assert.fail("the server fetches nothing");
      const html = render({ a: {}, b: { key: "b" } });
      globalThis.fetch = fetch;
      assert.match(html, /<section id="a"><p>idle/);
      const gate = await openRunning();
      await arrive();
      await inPage((html) => hydrate(html, { a: {}, b: { key: "b" } }, { isStrict: true }), html);
      await untilShown("running running");
      await untilShown("idle", "b");
      await gate.release();
      await untilShown("success done 42");
      assert.equal((await submits()).length, 1);
    });
  });
}
