// Runs every group of the bench once, with small sizes. Checks that each figure can be measured, and that the lanes do the
// same work for it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBench } from "./bench.mjs";
import { allRows, groups } from "./groups.mjs";
import { alternate, median } from "./rounds.mjs";
import { TINY } from "./sizes.mjs";
import { isMet, table } from "./table.mjs";

/** Rows that the official client must fail. It sends a file that goes in one piece only once. */
const FAILS = { theirs: ["small-failing"] };

/** The work that each lane must have done: all bytes, all events. In other groups, the same work as the floor. */
function expected(id, { floor }) {
  const { uploads, streams } = TINY;
  if (/^(small|large)/.test(id)) return { bytes: (id.startsWith("small") ? uploads.small : uploads.large).megabytes * 1_000_000 };
  if (/^(heard|iterated|chunked)/.test(id)) return { count: streams.events, sum: (streams.events * (streams.events - 1)) / 2 };
  return floor.did;
}

describe("the bench", () => {
  let bench;
  before(async () => (bench = await startBench(TINY)));
  after(() => bench?.stop());

  for (const [name, { rows, measure }] of Object.entries(groups)) {
    test(`${name}: every cell is a number, of the same work`, async () => {
      const cells = await measure(bench);
      assert.deepEqual(Object.keys(cells), rows.map(({ id }) => id));
      for (const [id, lanes] of Object.entries(cells)) {
        assert.deepEqual(Object.keys(lanes), ["floor", "theirs", "ours"], id);
        for (const [lane, { value, failed, did }] of Object.entries(lanes)) {
          const where = `${lane}, ${id}: ${failed}`;
          if (FAILS[lane]?.includes(id)) assert.equal(typeof failed, "string", where);
          else assert.ok(Number.isFinite(value) && value >= 0, where);
          if (!failed) assert.deepEqual(did, expected(id, lanes), where);
        }
      }
      const written = table(rows.map((row) => ({ row, cells: cells[row.id] })));
      assert.ok(rows.every(({ what }) => written.includes(`| ${what} |`)));
    });
  }
});

describe("rounds", () => {
  test("each lane goes first in turn, and a lane that failed is not asked again", async () => {
    const asked = [];
    const sampled = await alternate(["a", "b", "c"], 2, async (lane) => {
      asked.push(lane);
      if (lane === "b") throw new Error("page.evaluate: no\n  at somewhere");
      return { ms: asked.length, did: 1 };
    });
    assert.equal(asked.join(""), "abcca");
    assert.deepEqual(sampled.b, { failed: "no" });
    assert.equal(Array.isArray(sampled.a) && sampled.a.length, 2);
  });

  test("lanes that did other work are no comparison", async () => {
    await assert.rejects(alternate(["a", "b"], 1, async (lane) => ({ did: { count: lane } })), /Not the same work: a .*b/);
  });

  test("a median is the middle, or between the two in the middle", () => {
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 9]), 3);
  });
});

describe("the table", () => {
  const cells = { floor: { value: 10 }, theirs: { failed: "Service Unavailable" }, ours: { value: 11 } };

  test("says who failed, and leaves no ratio to it", () => {
    const row = { id: "work", what: "work", unit: "ms", aim: { most: 1.15, of: "floor" } };
    assert.match(table([{ row, cells }]), /^\| work \| 10 ms \| fails: Service Unavailable \| 11 ms \| 1\.10 × \| – \| ≤ 1\.15 × the floor: met \|$/m);
  });

  test("tells a missed aim from one that is met", () => {
    assert.equal(isMet({ aim: { most: 1.05, of: "floor" } }, cells), false);
    assert.equal(isMet({ aim: { least: 0.5, of: "floor" } }, cells), true);
    assert.equal(isMet({ aim: { most: 12 } }, cells), true);
    assert.equal(isMet({}, cells), undefined);
  });

  test("has no two rows of one id", () => assert.equal(new Set(allRows.map(({ id }) => id)).size, allRows.length));
});
