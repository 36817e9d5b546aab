// The reports of `onProgress`: the phases of a call, an unresponsive service, a missing network. No report comes twice.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until, withClient } from "./support/client.mjs";
import { BLANK_PAGE } from "./support/emulator.mjs";
import { cannot } from "./support/engines/limits.mjs";

/** How many times faster the page's clock runs, so that the seconds between two tries pass quickly. */
const SPEED = 20;
/** Longer than any test. Such a job ends when the test ends it. */
const ENDLESS_MS = 600_000;

const client = withClient({ speed: SPEED, args: ["--concurrency", "9"] });
beforeEach(() => client.reset());
afterEach(async () => {
  await client.emulator.clearPlan();
  assert.deepEqual(client.unhandled, []);
});

/** Makes a call in the page with an `onProgress`. `reports()` returns its reports. */
const call = (make, options = {}) =>
  client.run(
    async ({ make, options }) => {
      window.reports = [];
      window.outcome = undefined;
      const onProgress = (report) => window.reports.push({ ...report, at: Date.now() });
      const settle = (kind) => (value) => (window.outcome = { kind, value, name: value?.name });
      // oxlint-disable-next-line eslint/no-eval -- a function of a test goes into the page as its text
      (0, eval)(`(${make})`)({ ...options, onProgress }).then(settle("resolved"), settle("rejected"));
    },
    { make: make.toString(), options },
  );
const reports = () => client.run(() => window.reports);
const phases = async () => (await reports()).map(({ phase }) => phase);
const waitForEnd = () => until(() => client.run(() => outcome?.kind));
const saw = (phase) => until(async () => (await phases()).includes(phase));
const last = (phase) => until(async () => (await phases()).at(-1) === phase);
/** The phases of the reports. Consecutive reports of the same phase count once. */
const inShort = async () => (await phases()).filter((phase, at, all) => phase !== all[at - 1]);

const subscribe = (options) => fal.subscribe("emulator/echo", { input: { delay_ms: options.delay_ms ?? 0 }, ...options });
const plan = (...rules) => client.emulator.plan({ rules });

function assertNoneTwice(seen) {
  const shown = seen.map(({ at, ...report }) => JSON.stringify(report));
  assert.deepEqual(shown.filter((report, index) => report === shown[index - 1]), []);
}

describe("while nothing answers", () => {
  test("a poll that fails is reported as reconnecting, since when, and the next answer as the phase that the job is in", async () => {
    await call(subscribe, { mode: "polling", delay_ms: ENDLESS_MS });
    await last("running");
    await plan({ route: "status", nth: [1, 2, 3], fault: { status: 503, body: {} } });
    await saw("reconnecting");
    await last("running");
    const seen = await reports();
    assertNoneTwice(seen);
    assert.deepEqual((await inShort()).slice(-3), ["running", "reconnecting", "running"]);
    const lost = seen.filter(({ phase }) => phase === "reconnecting");
    assert.equal(lost.length, 1, "three failures are one outage");
    assert.equal(lost[0].progress, undefined);
    assert.ok(lost[0].since <= lost[0].at && lost[0].since > seen[0].at - 1);
  });

  test("a stream of statuses that was cut is reported until it goes on, though its first status is an old one", async () => {
    await plan({ route: "status_stream", nth: 1, fault: { cut_after: 1 } }, { route: "status_stream", nth: 2, fault: { delay_ms: 200 } });
    await call(subscribe, { delay_ms: ENDLESS_MS });
    await saw("reconnecting");
    await until(async () => ["queued", "running"].includes((await phases()).at(-1)));
    assertNoneTwice(await reports());
  });

  test("a result that cannot be had yet is reported after the job is done", async () => {
    await plan({ route: "result", nth: [1, 2], fault: { status: 502, body: {} } });
    await call(subscribe);
    assert.equal(await waitForEnd(), "resolved");
    assert.deepEqual((await inShort()).slice(-3), ["done", "reconnecting", "done"]);
    assertNoneTwice(await reports());
  });

  test("a submit that has to wait for its turn is reported", async () => {
    await plan({ route: "submit", nth: 1, fault: { kind: "rate_limited", retry_after: 3 } });
    await call(subscribe);
    assert.equal(await waitForEnd(), "resolved");
    assert.equal((await phases())[0], "reconnecting");
    assert.equal((await phases()).at(-1), "done");
  });

  test("a job that is followed by its id is reported, too", async () => {
    const requestId = await client.run(async () => (await fal.queue.submit("emulator/echo", { input: {} })).request_id);
    await plan({ route: "status", nth: 1, fault: { status: 503, body: {} } });
    await call((options) => fal.queue.subscribeToStatus("emulator/echo", options), { requestId, mode: "polling" });
    assert.equal(await waitForEnd(), "resolved");
    assert.equal((await phases())[0], "reconnecting");
    assert.equal((await phases()).at(-1), "done");
  });

  test("a file whose bytes do not get through is reported, and that it is sent again", async () => {
    await plan({ route: "put", nth: [1, 2], fault: { status: 503, body: {} } });
    await call(async (options) => fal.subscribe("emulator/echo", { input: { image_url: await picture() }, ...options }));
    assert.equal(await waitForEnd(), "resolved");
    const short = await inShort();
    assert.deepEqual(short.slice(0, 3), ["uploading", "reconnecting", "uploading"]);
    assert.equal(short.at(-1), "done");
    assertNoneTwice(await reports());
  });

  test("nothing is reported once the call is aborted", async () => {
    await plan({ route: "status", fault: { status: 503, body: {} } });
    await call(
      (options) => {
        window.controller = new AbortController();
        return fal.subscribe("emulator/echo", { input: { delay_ms: options.delay_ms }, abortSignal: controller.signal, ...options });
      },
      { mode: "polling", delay_ms: ENDLESS_MS },
    );
    await saw("reconnecting");
    await client.run(() => controller.abort());
    assert.equal(await waitForEnd(), "rejected");
    const { length } = await reports();
    await client.run(() => dispatchEvent(new Event("offline")));
    assert.equal((await reports()).length, length);
  });
});

describe("without a network", { skip: cannot("offline") }, () => {
  afterEach(() => client.page.context().setOffline(false));

  test("a job that is followed is reported as offline at once, and as what it is when the network is back", async () => {
    await call(subscribe, { delay_ms: ENDLESS_MS });
    await last("running");
    await client.page.context().setOffline(true);
    await last("offline");
    const { since, at, progress } = (await reports()).at(-1);
    assert.ok(since <= at);
    assert.equal(progress, undefined);
    await client.page.context().setOffline(false);
    await last("running");
    assertNoneTwice(await reports());
  });

  test("the first call of a page, which waits for the package's own files, is reported as offline", { skip: cannot("first load") }, async () => {
    const page = await client.page.context().newPage();
    await page.goto(`${client.emulator.url}${BLANK_PAGE}`);
    await page.evaluate(async () => {
      window.fal = (await import("/fal-wasm/index.js")).fal;
      fal.config({ proxyUrl: "/api/fal/proxy" });
    });
    await page.context().setOffline(true);
    await page.evaluate(() => {
      window.phases = [];
      window.ended = fal.subscribe("emulator/echo", { input: {}, onProgress: ({ phase }) => phases.push(phase) });
    });
    await until(() => page.evaluate(() => phases[0] === "offline"));
    await page.context().setOffline(false);
    const phases = await page.evaluate(() => ended.then(() => phases));
    assert.equal(phases.at(-1), "done");
    await page.close();
  });

  test("a call that begins without one is reported as offline, and goes on", async () => {
    await client.page.context().setOffline(true);
    await call(subscribe);
    await last("offline");
    await client.page.context().setOffline(false);
    assert.equal(await waitForEnd(), "resolved");
    assert.equal((await phases()).at(-1), "done");
  });
});

describe("reports", () => {
  for (const mode of ["polling", "streaming", undefined]) {
    test(`none comes twice in succession, ${mode ? `with mode: "${mode}"` : "by default"}`, async () => {
      await call(async (options) => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, pollInterval: options.mode === "polling" ? 5 : undefined, ...options }), { mode });
      assert.equal(await waitForEnd(), "resolved");
      const seen = await reports();
      assertNoneTwice(seen);
      assert.deepEqual(new Set(seen.map(({ phase }) => phase)).has("done"), true);
    });
  }

  test("bytes that do not move are reported once", async () => {
    await plan({ route: "put", nth: 1, fault: { delay_ms: 500 } });
    await call(async (options) => fal.subscribe("emulator/echo", { input: { image_url: await picture() }, ...options }));
    assert.equal(await waitForEnd(), "resolved");
    assertNoneTwice(await reports());
  });

  test("one that throws ends neither the call nor the reports", async () => {
    const seen = await client.run(async () => {
      const seen = [];
      const onProgress = ({ phase }) => {
        seen.push(phase);
        throw new Error("of the progress bar");
      };
      await fal.subscribe("emulator/echo", { input: { image_url: await picture() }, onProgress });
      return seen;
    });
    assert.equal(seen[0], "uploading");
    assert.equal(seen.at(-1), "done");
  });
});

describe("subscribeToStatus", () => {
  test("resolves with all the logs by default, as the official client does", async () => {
    const ended = await client.run(async () => {
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: { logs: ["one", "two", "three"], delay_ms: 50 } });
      const byDefault = await fal.queue.subscribeToStatus("emulator/echo", { requestId, logs: true });
      const polled = await fal.queue.subscribeToStatus("emulator/echo", { requestId, logs: true, mode: "polling" });
      return [byDefault, polled].map(({ status, logs }) => ({ status, logs: logs.map(({ message }) => message) }));
    });
    assert.deepEqual(ended[0], ended[1]);
    assert.ok(ended[0].logs.length >= 3);
  });

  test("gives no logs to a caller who wants only the progress", async () => {
    const { logs } = await client.run(async () => {
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: { logs: ["one"] } });
      return fal.queue.subscribeToStatus("emulator/echo", { requestId, onProgress() {} });
    });
    assert.equal(logs, null);
  });
});
