// Many jobs at once. Over HTTP/2 each job has its own status stream. Over HTTP/1.1 the client leaves some connections to the
// page and to other tabs. Chromium speaks HTTP/2 only over TLS, so a server with TLS stands between Chromium and the emulator.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launchBrowser } from "./support/browser.mjs";
import { until } from "./support/client.mjs";
import { BLANK_PAGE, startEmulator } from "./support/emulator.mjs";
import { startTlsFront } from "./support/tls-front.mjs";

/** Longer than any test. Such a job runs until its page is closed. */
const ENDLESS_MS = 600_000;
/** The most streams that all tabs together open over HTTP/2. */
const SHARED_STREAMS = 64;
/** Waits longer than usual: a busy machine may take a while. */

let emulator;
let browser;
let context;
before(async () => {
  emulator = await startEmulator({ args: ["--concurrency", "200"] });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await emulator?.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ ignoreHTTPSErrors: true });
});
afterEach(() => context.close());

/** Opens a tab in which `window.fal` is the package. `proxyUrl` may name a proxy on another origin. */
async function openTab(origin, proxyUrl = "/api/fal/proxy") {
  const page = await context.newPage();
  await page.goto(`${origin}${BLANK_PAGE}`);
  await page.evaluate(async (proxyUrl) => {
    const library = await import("/fal-wasm/index.js");
    window.fal = library.fal;
    fal.config({ proxyUrl });
    await library.preload();
  }, proxyUrl);
  await emulator.clearRequests();
  return page;
}

/** Subscribes to jobs at the same time. Resolves with the number of right results. */
const subscribe = (page, count, options = {}) =>
  page.evaluate(
    async ({ count, delay_ms = 500, mode }) => {
      const jobs = Array.from({ length: count }, async (_, job) => {
        const { data } = await fal.subscribe("emulator/echo", { input: { job, delay_ms }, ...(mode && { mode }) });
        return data.body.job === job;
      });
      return (await Promise.all(jobs)).filter(Boolean).length;
    },
    { count, ...options },
  );

/** Subscribes to jobs that run until their tab is closed. */
const begin = (page, count) =>
  page.evaluate(
    ({ count, delay_ms }) => {
      for (let job = 0; job < count; job += 1) fal.subscribe("emulator/echo", { input: { job, delay_ms } }).catch(() => {});
    },
    { count, delay_ms: ENDLESS_MS },
  );

/** Counts the requests so far, by kind. */
async function countRequests() {
  const targets = (await emulator.requests()).map(({ target }) => target ?? "");
  const count = (pattern) => targets.filter((target) => pattern.test(target)).length;
  return { submits: count(/\/emulator\/echo$/), streams: count(/\/status\/stream/), polls: count(/\/status(\?|$)/), results: count(/\/requests\/[\w-]+$/) };
}

describe("over HTTP/2", () => {
  let front;
  before(async () => (front = await startTlsFront({ upstream: emulator.url, version: "2" })));
  after(() => front?.stop());

  for (const mode of [undefined, "streaming"]) {
    test(`40 jobs at once take three requests each, from the first call of a page on, ${mode ? `with mode: "${mode}"` : "by default"}`, async () => {
      const page = await openTab(front.url);
      assert.equal(await subscribe(page, 40, { mode }), 40);
      assert.deepEqual(await countRequests(), { submits: 40, streams: 40, polls: 0, results: 40 });
    });
  }

  test("more jobs than all tabs may have streams are followed all the same, and leave room to other calls", async () => {
    const [one, other] = [await openTab(front.url), await openTab(front.url)];
    await begin(one, SHARED_STREAMS - 4);
    await until(async () => (await countRequests()).streams === SHARED_STREAMS - 4);
    await begin(other, 10);
    await until(async () => (await countRequests()).streams === SHARED_STREAMS);
    await until(async () => (await countRequests()).polls >= 12);
    assert.equal((await countRequests()).streams, SHARED_STREAMS);
    assert.equal(await subscribe(other, 1, { delay_ms: 0 }), 1);
  });

  test("the streams of a tab that was closed make room for another tab's", async () => {
    const [one, other] = [await openTab(front.url), await openTab(front.url)];
    await begin(one, SHARED_STREAMS);
    await until(async () => (await countRequests()).streams === SHARED_STREAMS);
    await one.close();
    await emulator.clearRequests();
    assert.equal(await subscribe(other, 10), 10);
    assert.deepEqual(await countRequests(), { submits: 10, streams: 10, polls: 0, results: 10 });
  });
});

describe("over HTTP/1.1", () => {
  let front;
  before(async () => (front = await startTlsFront({ upstream: emulator.url, version: "1.1" })));
  after(() => front?.stop());

  test("three jobs are streamed, the others polled, and another tab is not disturbed", async () => {
    const [one, other] = [await openTab(front.url), await openTab(front.url)];
    await begin(one, 12);
    await until(async () => (await countRequests()).polls >= 18);
    assert.equal((await countRequests()).streams, 3);
    assert.equal(await subscribe(other, 1, { delay_ms: 0 }), 1);
  });

  test('mode: "streaming" is not limited', async () => {
    const page = await openTab(front.url);
    assert.equal(await subscribe(page, 5, { mode: "streaming" }), 5);
    assert.deepEqual(await countRequests(), { submits: 5, streams: 5, polls: 0, results: 5 });
  });
});

describe("through a proxy of another origin", () => {
  const overHttp2 = async (headers, use) => {
    const front = await startTlsFront({ upstream: emulator.url, version: "2", headers });
    try {
      await use(await openTab(emulator.url, `${front.url}/api/fal/proxy`));
    } finally {
      await front.stop();
    }
  };

  test("that lets the page see its timing, each job has a stream", () =>
    overHttp2({ "timing-allow-origin": "*" }, async (page) => {
      assert.equal(await subscribe(page, 10), 10);
      assert.deepEqual(await countRequests(), { submits: 10, streams: 10, polls: 0, results: 10 });
    }));

  test("that hides it, three have one, as it might be HTTP/1.1", () =>
    overHttp2({}, async (page) => {
      await begin(page, 10);
      await until(async () => (await countRequests()).polls >= 14);
      assert.equal((await countRequests()).streams, 3);
    }));
});

test("on a server, where connections are not limited, each job has a stream", async () => {
  const { createFalClient } = await import("../dist/index.js");
  const fal = createFalClient({ proxyUrl: { url: `${emulator.url}/api/fal/proxy`, when: "always" } });
  await emulator.clearRequests();
  await Promise.all(Array.from({ length: 10 }, () => fal.subscribe("emulator/echo", { input: { delay_ms: 500 } })));
  assert.deepEqual(await countRequests(), { submits: 10, streams: 10, polls: 0, results: 10 });
});
