// Uploads on slow lines, and uploads whose progress the client cannot see.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launchBrowser } from "./support/browser.mjs";
import { until } from "./support/client.mjs";
import { holdClock } from "./support/clock.mjs";
import { startStorage } from "./support/storage.mjs";

const MIB = 1 << 20;
const SECONDS = 1_000;
/** The time that a line of 1 Mbit/s needs for this many bytes, in milliseconds. */
const onSlowLine = (bytes) => (bytes * 8 * SECONDS) / 1_000_000;

let browser;
let storage;
let page;
before(async () => (browser = await launchBrowser()));
after(() => browser?.close());
beforeEach(async () => {
  storage = await startStorage();
  page = await (await browser.newContext()).newPage();
  await page.goto(storage.url);
});
afterEach(async () => {
  await page.context().close();
  await storage.stop();
});

/** Puts a service worker between the page and the network. It passes requests on. */
async function passOn() {
  await page.evaluate(async () => {
    const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    await navigator.serviceWorker.register("/worker.js");
    await controlled;
  });
}

/**
 * Begins an upload while the page's clock stands still. `outcome()` waits for the upload's URL or its error.
 * @param {number} bytes
 * @param {import("fal-wasm").UploadOptions & { fetch?: boolean }} [options]
 */
async function begin(bytes, { fetch: hasFetch, ...options } = {}) {
  await page.evaluate(holdClock);
  await page.evaluate(async ([bytes, options, hasFetch]) => {
    const { createFalClient } = await import("/fal-wasm/index.js");
    const ownFetch = hasFetch ? { fetch: (/** @type {Parameters<typeof fetch>} */ ...given) => fetch(...given) } : {};
    const client = createFalClient({ proxyUrl: "/proxy", ...ownFetch });
    const upload = client.storage.upload(new File([new Uint8Array(bytes)], "a.bin"), options);
    upload.then((url) => (window.outcome = url), (error) => (window.outcome = error.message));
  }, /** @type {const} */ ([bytes, options, hasFetch]));
  return { outcome: () => until(() => page.evaluate(() => window.outcome)) };
}

const pass = (ms) => page.evaluate((ms) => advance(ms), ms);
const untilArrived = (count) => until(() => storage.puts.length >= count);

/** Moves the page's clock until `count` uploads have begun, but by `most` ms at most. */
async function passUntil(count, most) {
  for (let ms = 0; storage.begun() < count && ms < most; ms += SECONDS) await pass(SECONDS);
  // The page's time has passed, but the requests need real time to arrive.
  await until(() => storage.begun() >= count);
}

describe("an upload whose bytes nobody sees", () => {
  for (const [where, isPassedOn, options] of /** @type {[string, boolean, { fetch?: boolean }][]} */ ([
    ["behind a service worker that passes requests on", true, {}],
    ["with a fetch of the caller's", false, { fetch: true }],
  ])) {
    test(`${where}: one that takes longer than the stall limit goes up once`, async () => {
      if (isPassedOn) await passOn();
      const { outcome } = await begin(4 * MIB, options);
      await untilArrived(1);
      await pass(120 * SECONDS);
      storage.release();
      assert.match(await outcome(), /\/file\/1$/);
      assert.equal(storage.puts.length, 1);
    });

    test(`${where}: one that is never answered is sent again`, async () => {
      if (isPassedOn) await passOn();
      const { outcome } = await begin(4 * MIB, options);
      await untilArrived(1);
      await passUntil(2, 300 * SECONDS);
      storage.release();
      assert.match(await outcome(), /\/file\/1$/);
    });

    test(`${where}: six parts of 10 MiB at once end on a line of 1 Mbit/s, each sent once`, async () => {
      if (isPassedOn) await passOn();
      const { outcome } = await begin(60 * MIB, { ...options, multipartThreshold: 0, partSize: 10 * MIB });
      await untilArrived(6);
      // The parts share the line. The first one is complete when nearly all bytes are there.
      await pass(onSlowLine(56 * MIB));
      for (let part = 0; part < 6; part++) {
        await pass(onSlowLine(MIB));
        storage.release(1);
      }
      assert.match(await outcome(), /\/file\/1$/);
      assert.deepEqual(storage.puts.map(({ size }) => size), Array(6).fill(10 * MIB));
    });

    test(`${where}: a file of 60 MiB in one piece ends on such a line`, async () => {
      if (isPassedOn) await passOn();
      const { outcome } = await begin(60 * MIB, options);
      await untilArrived(1);
      await pass(onSlowLine(60 * MIB));
      storage.release();
      assert.match(await outcome(), /\/file\/1$/);
      assert.equal(storage.puts.length, 1);
    });
  }
});

test("an upload whose bytes are seen, and stop, is sent again after the stall limit", async () => {
  await page.evaluate(() => {
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (body) {
      // Not `load`, which Firefox fires only with the answer.
      this.upload.addEventListener("progress", ({ loaded, total }) => (window.isSent = loaded >= total));
      return send.call(this, body);
    };
  });
  const { outcome } = await begin(1 * MIB);
  await untilArrived(1);
  // The page's clock stands still while this waits.
  await until(() => page.evaluate(() => window.isSent));
  await pass(29 * SECONDS);
  assert.equal(storage.begun(), 1);
  await passUntil(2, 60 * SECONDS);
  storage.release();
  assert.match(await outcome(), /\/file\/1$/);
});
