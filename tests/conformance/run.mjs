// `npm run test:conformance` runs every scenario with both packages and prints the differences.
// Arguments: part of a scenario's id runs only the matching ones; `--seen` prints what both packages did;
// `--write` writes the table to docs/differences.md.
import { writePart } from "../../scripts/docs.mjs";
import { allScenarios, conform, unfound } from "./conform.mjs";
import { markdown } from "./differences/index.mjs";

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const only = process.argv.slice(2).find((argument) => !argument.startsWith("--"));

if (flags.includes("--write")) writePart("differences", markdown());

const from = performance.now();
const verdicts = await conform(await allScenarios(only));
const seconds = ((performance.now() - from) / 1000).toFixed(0);
const of = (name) => verdicts.filter(({ verdict }) => verdict === name);

for (const { scenario, theirs, ours, problems } of verdicts) {
  if (flags.includes("--seen")) console.log(`${scenario.id}\n  theirs ${JSON.stringify(theirs)}\n  ours   ${JSON.stringify(ours)}`);
  if (problems.length) console.log(`✗ ${scenario.file} ${scenario.id}: ${scenario.what}\n    ${problems.join("\n    ")}`);
}
console.log(`\n${verdicts.length} scenarios in ${seconds} s`);
console.log(`  ${of("equal").length} equal`);
console.log(`  ${of("different").length} different on purpose`);
for (const [id, where] of byDifference()) console.log(`      ${id}: ${where.length > 4 ? `${where.length} scenarios` : where.join(", ")}`);
console.log(`  ${of("unexplained").length} unexplained`);
const missing = only ? [] : unfound(verdicts);
for (const id of missing) console.log(`✗ "${id}" is in the table, and no scenario found it`);

const failed = of("unexplained").length + missing.length;
console.log(`${verdicts.length - of("unexplained").length} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

function byDifference() {
  const found = new Map();
  for (const { scenario, used } of of("different")) {
    for (const id of used) found.set(id, [...(found.get(id) ?? []), scenario.id]);
  }
  return [...found].sort();
}
