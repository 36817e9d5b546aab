// The memory that an upload uses. This file measures memory, so no other test runs meanwhile.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { uploadBigFile, watchMemory } from "./support/bigfile.mjs";
import { withClient } from "./support/client.mjs";

const MIB = 1 << 20;

const client = withClient();
beforeEach(() => client.reset());

describe("memory", () => {
  // FAL_BIG_BYTES=1073741824 tests it with 1 GB.
  const BYTES = Number(process.env.FAL_BIG_BYTES ?? 128 * MIB);

  test("does not grow with the file", async (t) => {
    const { thrown, isSame, peakBytes, ms, reports } = await uploadBigFile(client, BYTES);
    assert.equal(thrown, undefined);
    assert.equal(isSame, true);
    t.diagnostic(`${BYTES} bytes in ${Math.round(ms)} ms, ${peakBytes} bytes held at most`);
    assert.ok(peakBytes < 64 * MIB, `${peakBytes} bytes`);
    assert.deepEqual(reports.at(-1)?.slice(1), [BYTES, BYTES]);
  });

  test("is watched by a measure that would tell", async () => {
    const { peakBytes } = await watchMemory(client.page, () =>
      client.page.evaluate(async () => {
        const held = await new Blob([new Uint8Array(70 << 20)]).arrayBuffer();
        await sleep(500);
        return held.byteLength;
      }),
    );
    assert.ok(peakBytes() > 64 * MIB, `${peakBytes()} bytes`);
  });
});
