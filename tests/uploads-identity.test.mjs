// An upload continues only for the same file, not for other bytes that look alike.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { defineBytes } from "./support/bytes.mjs";
import { until } from "./support/client.mjs";
import { withSaving } from "./support/saved.mjs";

const client = withSaving();
beforeEach(async () => {
  await client.start();
  await client.inPage(defineBytes);
  await client.inPage(() => {
    const MIB = 1 << 20;
    window.PARTS = { multipartThreshold: 5 * MIB, partSize: 5 * MIB };
    window.store = memoryStore();
    /** Bytes of which the first and the last 64 KiB are always the same. */
    window.filled = (fill) => {
      const data = new Uint8Array(16 * MIB).fill(fill);
      data.fill(1, 0, 65_536);
      data.fill(1, -65_536);
      return data;
    };
    /** Begins an upload whose last part never ends. `stop()` aborts it. */
    window.breakOff = async (file, uploading = fal) => {
      const stop = new AbortController();
      window.broken = uploading.storage.upload(file, { ...PARTS, persist: store, abortSignal: stop.signal }).catch(caught);
      Object.assign(window, { stop: () => (stop.abort(), broken) });
    };
    /** Uploads a file. Resolves with whether all stored bytes are `filled(fill)`. */
    window.isWhole = async (file, fill, uploading = fal) => {
      const url = await uploading.storage.upload(file, { ...PARTS, persist: store });
      const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
      return areSame(stored, filled(fill));
    };
  });
});
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const inPage = (script, argument) => client.inPage(script, argument);
const parts = async () => (await client.sent()).filter(({ method }) => method === "PUT").length;
const countSavedParts = () => [...store.kept.values()].flatMap((/** @type {any} */ { upload }) => Object.keys(upload.etags)).length;
const initiated = async () => (await client.sent("initiate-multipart")).length;

/**
 * Interrupts an upload after all parts but the last have arrived, and that many are saved: those of a file that can be
 * recognized later.
 */
async function breakOff(begin, saved = 0) {
  await client.emulator.fault({ path_contains: "/4?", times: 99, delay_ms: 600_000 });
  await inPage(begin);
  await until(async () => (await parts()) === 4);
  await until(async () => (await inPage(countSavedParts)) === saved);
  assert.equal((await inPage(() => stop())).name, "AbortError");
  await client.emulator.clearFaults();
  await client.emulator.clearRequests();
}

describe("bytes that look alike are not mixed:", () => {
  test("two Blobs without a name", async () => {
    await breakOff(() => breakOff(new Blob([filled(2)])));
    assert.equal(await inPage(() => isWhole(new Blob([filled(3)]), 3)), true);
    assert.equal(await initiated(), 1);
  });

  test("two Files that were changed at different times", async () => {
    await breakOff(() => breakOff(new File([filled(2)], "a.bin", { lastModified: 1_000 })), 3);
    assert.equal(await inPage(() => isWhole(new File([filled(3)], "a.bin", { lastModified: 2_000 }), 3)), true);
    assert.equal(await initiated(), 1);
  });

  test("two Files that tell no time", async () => {
    await breakOff(() => breakOff(new File([filled(2)], "a.bin", { lastModified: 0 })));
    assert.equal(await inPage(() => isWhole(new File([filled(3)], "a.bin", { lastModified: 0 }), 3)), true);
    assert.equal(await initiated(), 1);
  });
});

describe("an upload that was broken off", () => {
  test("goes on for the same File", async () => {
    await breakOff(() => breakOff(new File([filled(2)], "a.bin", { lastModified: 1_000 })), 3);
    assert.equal(await inPage(() => isWhole(new File([filled(2)], "a.bin", { lastModified: 1_000 }), 2)), true);
    assert.deepEqual([await initiated(), await parts()], [0, 1]);
  });

  test("does not go on for a client with another proxy or key: it belongs to another account", async () => {
    await breakOff(() => breakOff(new File([filled(2)], "a.bin", { lastModified: 1_000 })), 3);
    const isWhole = await inPage(() => {
      const other = createFalClient({ proxyUrl: "/api/fal/proxy", credentials: "id-two:secret-two", suppressLocalCredentialsWarning: true });
      return window.isWhole(new File([filled(2)], "a.bin", { lastModified: 1_000 }), 2, other);
    });
    assert.equal(isWhole, true);
    assert.equal(await initiated(), 1);
  });
});
