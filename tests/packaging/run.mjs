// `npm run test:packaging` installs the packed package into a small app for each row, runs the apps for real, and prints the
// outcomes. If a tool is missing on the machine, the rows that need it fail.
//
// node tests/packaging/run.mjs [--only vite,node]

import { parseArgs } from "node:util";
import { buildPackage } from "../../scripts/build.mjs";
import { buildEmulator } from "../../scripts/emulator.mjs";
import { buildProgram, nativeRust, packPackages } from "../../scripts/release-emulator.mjs";
import { browser, cxx, exampleTools, firefox, nodeModules, oldestNode, packagingTools, rust, webKit } from "../../scripts/setup.mjs";
import { StepError, main, step } from "../../scripts/steps.mjs";
import { startLab } from "./lab.mjs";
import { checks, rows, writeMatrix } from "./matrix.mjs";
import { passed, runCheck, runRow } from "./row.mjs";

const SETUP = {
  tools: packagingTools,
  exampleTools,
  oldestNode,
  firefox,
  webkit: webKit,
  async emulator() {
    const compiler = await nativeRust();
    await buildProgram(compiler);
    await packPackages(compiler);
  },
  async chromium() {
    process.env.CHROME_PATH = (await browser()).browser;
  },
};

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: "string" }, "as-built": { type: "boolean" } } });
  const terms = (values.only ?? "").toLowerCase().split(",");
  const isMeant = ({ name }) => terms.some((term) => name.toLowerCase().includes(term));
  const chosen = [...rows, ...checks].filter(isMeant);
  if (chosen.length === 0) throw new StepError(`No row has ${values.only} in its name.`);
  if (!values["as-built"]) await build();
  const missing = await prepare(new Set(chosen.flatMap(({ needs }) => needs)));
  const results = await step("Running the package everywhere", () => runAll(chosen, missing));
  show(results);
  const failed = results.filter((result) => !passed(result));
  if (!values.only && failed.length === 0) writeMatrix();
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) throw new StepError("Some rows failed.");
});

async function build() {
  await nodeModules();
  await cxx();
  const compiler = await rust();
  await buildPackage(compiler);
  await buildEmulator(compiler);
}

/** Sets up the tools that the rows need. Returns the missing ones, each with the reason. */
async function prepare(needs) {
  const missing = new Map();
  for (const need of needs) {
    await SETUP[need]().catch((error) => missing.set(need, error.message));
  }
  return missing;
}

async function runAll(chosen, missing) {
  const lab = await startLab();
  const results = [];
  try {
    for (const each of chosen) {
      const lacks = each.needs.find((need) => missing.has(need));
      const run = each.check ? runCheck : runRow;
      const result = lacks ? { name: each.name, subscribe: missing.get(lacks), upload: "not reached", seconds: 0 } : await run(lab, each);
      results.push(result);
      console.log(`  ${passed(result) ? "✓" : "✗"} ${result.name}`);
    }
  } finally {
    await lab.stop();
  }
  return results;
}

function show(results) {
  const width = Math.max(...results.map(({ name }) => name.length)) + 2;
  const short = (outcome) => (outcome === "ok" || outcome === "" ? outcome : "failed").padEnd(11);
  console.log(`${"row".padEnd(width)}subscribe  upload     seconds`);
  for (const { name, subscribe, upload, seconds } of results) {
    console.log(name.padEnd(width) + short(subscribe) + short(upload) + seconds.toFixed(1).padStart(7));
  }
  for (const result of results.filter((result) => !passed(result))) {
    console.log(`\n✗ ${result.name}\n  subscribe: ${result.subscribe}\n  upload: ${result.upload}`);
  }
}
