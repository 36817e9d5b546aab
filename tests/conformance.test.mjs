// Runs each conformance scenario as a test. Also tests the judge, and that the table of differences is in use.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { allScenarios, conform, conformWithItself, unfound } from "./conformance/conform.mjs";
import { differences } from "./conformance/differences/index.mjs";
import { judge } from "./conformance/support/compare.mjs";

const scenarios = await allScenarios();
let verdicts;
before(async () => {
  verdicts = await conform(scenarios);
});

describe("the package does what @fal-ai/client does, or differs on purpose", () => {
  for (const [at, { id, what }] of scenarios.entries()) {
    test(`${id}: ${what}`, () => assert.deepEqual(verdicts[at].problems, []));
  }
});

describe("the table of differences", () => {
  test("has no entry that no scenario finds", () => assert.deepEqual(unfound(verdicts), []));

  test("gives a reason for each", () => {
    for (const { id, here, there, because } of differences) assert.ok(here && there && because, id);
  });
});

describe("the judge", () => {
  const seen = (theirs, ours) => ({ theirs: { value: theirs }, ours: { value: ours } });
  const entry = { id: "known", at: /^value\.a$/ };

  test("finds what nothing explains", () => {
    assert.deepEqual(judge({}, seen({ a: 1 }, { a: 2 }), [entry]).unexplained, [{ path: "value.a", theirs: 1, ours: 2 }]);
    assert.equal(judge({ differs: ["known"] }, seen({ b: [1] }, { b: [] }), [entry]).unexplained.length, 1);
  });

  test("takes an entry where it holds, and names those that do not", () => {
    assert.deepEqual(judge({ differs: ["known"] }, seen({ a: 1 }, { a: 2 }), [entry]).unexplained, []);
    assert.deepEqual(judge({ differs: ["known"] }, seen(1, 1), [entry]).stale, ["known"]);
  });

  test("finds no difference between the official client and itself", async () => {
    const oneOfEach = scenarios.filter(({ file }, at) => scenarios.findIndex((other) => other.file === file) === at);
    const compared = await conformWithItself(oneOfEach);
    assert.deepEqual(compared.filter(({ differences }) => differences.length > 0), []);
  });
});
