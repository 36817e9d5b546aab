// `npm run fuzz` tests every property of the code that parses outside input with a million cases. Each property runs in
// its own process and prints one line. Arguments select properties by part of their names. FUZZ_CASES sets the number of
// cases. FUZZ_SEED repeats a run.

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { buildPackage } from "./build.mjs";
import { cxx, nodeModules, rust } from "./setup.mjs";
import { StepError, main, output, root, run, step } from "./steps.mjs";

const cases = Number(process.env.FUZZ_CASES ?? 1_000_000);
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 47));
/** A million cases of the slowest property take less, even on a slow machine. A property that takes longer hangs. */
const TIME_LIMIT_S = 3_600;
const CRATES = ["fal-wasm", "fal-emulator"];
const env = {
  PROPTEST_CASES: String(cases),
  PROPTEST_RNG_SEED: String(seed),
  PROPTEST_DISABLE_FAILURE_PERSISTENCE: "true",
  FUZZ_CASES: String(cases),
  FUZZ_SEED: String(seed),
};

await main(async () => {
  if (!Number.isSafeInteger(cases) || cases < 1) throw new StepError("FUZZ_CASES: give a whole number from 1 on.");
  if (!Number.isSafeInteger(seed) || seed < 0) throw new StepError("FUZZ_SEED: give a whole number from 0 on.");
  await nodeModules();
  await cxx();
  const compiler = await rust();
  const { cargo, env: rustEnv } = compiler;
  // The JavaScript properties test the built package, whose core reads servers' answers.
  await buildPackage(compiler);
  const build = ["test", "--profile", "fuzz", "--lib", "--locked", ...CRATES.flatMap((name) => ["-p", name])];
  await step("Building the properties, optimised", () => run(cargo, [...build, "--no-run", "--quiet"], { env: rustEnv }));
  const binaries = testBinaries(output(cargo, [...build, "--no-run", "--message-format=json"], rustEnv));
  const wanted = process.argv.slice(2);
  const isWanted = ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part));
  const properties = [...binaries.flatMap(rustProperties), ...scriptProperties()].filter(isWanted);
  if (properties.length === 0) throw new StepError(`There is no property named like ${wanted.join(", ")}.`);
  console.log(`${properties.length} properties, ${cases} cases each. To repeat: FUZZ_SEED=${seed} npm run fuzz`);
  const failed = await runAll(properties);
  if (failed.length > 0) throw new StepError(`Findings in ${failed.join(", ")}.`);
});

/** The test programs of the crates, from cargo's messages. */
function testBinaries(messages = "") {
  const told = messages.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const built = told.filter((it) => it.executable && it.profile?.test);
  if (built.length !== CRATES.length) throw new StepError("cargo named no test program.");
  return built.map((it) => ({ binary: it.executable, crate: it.target.name.replaceAll("_", "-") }));
}

/** The properties of a crate: the tests in its modules named `fuzz`, except the tests of the input generators. */
function rustProperties({ binary, crate }) {
  const listed = output(binary, ["fuzz::", "--list", "--format", "terse"]) ?? "";
  const names = [...listed.matchAll(/^(.+): test$/gm)].map(([, name]) => name).filter((name) => !name.includes("::mixed_"));
  return names.map((name) => ({ name: `${crate} ${name}`, command: binary, args: [name, "--exact", "--nocapture"] }));
}

/** The properties of the JavaScript, by parts of their names. */
function scriptProperties() {
  const file = "tests/fuzz.test.mjs";
  return ["any error body", "any answer to any call"].map((name) => ({
    name: `js ${name}`,
    command: process.execPath,
    args: ["--test", "--test-name-pattern", name, file],
  }));
}

/** Runs the properties, as many at once as there are processors. Returns the names of those that failed. */
async function runAll(properties) {
  const waiting = [...properties];
  const failed = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!(await holds(next))) failed.push(next.name);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  return failed;
}

/** Runs one property and prints its line. If it fails, prints its output. Returns whether it passed. */
async function holds({ name, command, args }) {
  const began = performance.now();
  const { problem, said } = await outcome(command, args);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${problem ? "✗" : "✓"} ${name}: ${cases} cases, ${seconds} s, ${problem ?? "no findings"}`);
  if (problem) console.log(said.replaceAll(/^/gm, "    "));
  return !problem;
}

function outcome(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, timeout: TIME_LIMIT_S * 1000 });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said = (said + text).slice(-20_000)));
    child.on("error", (error) => resolve({ problem: `${path.basename(command)}: ${error.message}`, said }));
    child.on("close", (code, signal) => {
      // The time limit sends SIGTERM. Any other signal is a crash, such as a stack overflow.
      const why = signal === "SIGTERM" ? `hangs: over ${TIME_LIMIT_S} s` : signal ? `crashed: ${signal}` : "a finding";
      resolve({ problem: code === 0 ? undefined : why, said });
    });
  });
}
