// Files as data URIs: the client uses the faster one of the engine's two encoders.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withClient } from "./support/client.mjs";

const client = withClient();
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

/** Inlines 20 MB while one encoder takes seconds. Returns how often each was used, and whether the bytes are the same. */
const inline = (slow) =>
  client.run(async (slow) => {
    const SECONDS = 2_000;
    const counts = { bytes: 0, reader: 0 };
    const { toBase64 } = Uint8Array.prototype;
    // oxlint-disable-next-line eslint/no-extend-native -- an engine that is slow at it, or has it at all
    Uint8Array.prototype.toBase64 = function () {
      counts.bytes++;
      for (const from = Date.now(); slow === "bytes" && Date.now() - from < SECONDS; );
      return toBase64 ? toBase64.call(this) : btoa(Array.from(this, (byte) => String.fromCharCode(byte)).join(""));
    };
    const { readAsDataURL } = FileReader.prototype;
    FileReader.prototype.readAsDataURL = function (blob) {
      counts.reader++;
      setTimeout(() => readAsDataURL.call(this, blob), slow === "reader" ? SECONDS : 0);
    };
    const data = bytes(20_000_000);
    fal.config({ files: "inline" });
    const { a } = await fal.storage.transformInput({ a: new Blob([data], { type: "image/png" }) });
    const stored = new Uint8Array(await (await fetch(a)).arrayBuffer());
    return { ...counts, isSame: areSame(stored, data) };
  }, slow);

describe("20 MB, in seven pieces,", () => {
  test("are encoded by the reader where the engine's encoding of bytes is slow", async () => {
    assert.deepEqual(await inline("bytes"), { bytes: 1, reader: 6, isSame: true });
  });

  test("are encoded as bytes where the reader is slow", async () => {
    assert.deepEqual(await inline("reader"), { bytes: 6, reader: 1, isSame: true });
  });
});
