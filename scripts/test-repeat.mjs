// `npm run test:repeat` runs all of `npm test` five times on an idle machine, and five times beside two busy loops. It prints
// how long each run took and which tests failed. It exits with 1 if any test failed.
//
//   npm run test:repeat -- --times 3 --beside 4     three runs each, beside four busy loops
//   npm run test:repeat -- --beside 0 follow        idle only; words select files, as for `npm test`
//   npm run test:repeat -- --engines                runs `npm run test:engines` instead
//
// The output of the runs is saved in target/test-repeat/.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { StepError, main, root } from "./steps.mjs";

const LOGS = path.join(root, "target/test-repeat");
const BUSY_LOOP = "for (;;);";

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { times: { type: "string", default: "5" }, beside: { type: "string", default: "2" }, engines: { type: "boolean", default: false } },
});
const script = path.join("scripts", values.engines ? "test-engines.mjs" : "test.mjs");

await main(async () => {
  const [times, beside] = [wholeNumber("times", 1), wholeNumber("beside", 0)];
  mkdirSync(LOGS, { recursive: true });
  const runs = [];
  for (const loops of beside > 0 ? [0, beside] : [0]) {
    for (let n = 1; n <= times; n++) runs.push(await runOnce(loops, n));
  }
  console.log(["", "| run | beside | seconds | failed |", "|---|---|---|---|", ...runs.map(row)].join("\n"));
  const failed = runs.filter(({ failures }) => failures.length > 0);
  console.log(`\n${runs.length} runs, ${failed.length} failed.`);
  if (failed.length > 0) throw new StepError(`See ${path.relative(root, LOGS)}/.`);
});

function wholeNumber(name, least) {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < least) throw new StepError(`--${name}: give a whole number from ${least} on.`);
  return number;
}

async function runOnce(loops, n) {
  const busy = Array.from({ length: loops }, () => spawn(process.execPath, ["-e", BUSY_LOOP], { stdio: "ignore" }));
  const end = () => busy.forEach((child) => child.kill("SIGKILL"));
  process.on("exit", end);
  try {
    const log = path.join(LOGS, `${loops > 0 ? `beside-${loops}` : "idle"}-${n}.log`);
    const began = performance.now();
    const code = await runLogged(log);
    const seconds = Math.round((performance.now() - began) / 1000);
    const run = { n, loops, seconds, failures: code === 0 ? [] : failuresIn(readFileSync(log, "utf8")) };
    console.log(row(run));
    return run;
  } finally {
    end();
    process.off("exit", end);
  }
}

/** Runs the tests and writes their output to a file. Resolves with the exit code. */
function runLogged(log) {
  const out = createWriteStream(log);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...words], { cwd: root });
    child.stdout.pipe(out, { end: false });
    child.stderr.pipe(out, { end: false });
    child.on("error", reject);
    child.on("close", (code) => out.end(() => resolve(code)));
  });
}

/** The names of the failed tests. If the run names none, its last error. */
function failuresIn(text) {
  const [, names] = /^✗ Failed:\n((?: {2}.+\n)+)/m.exec(text) ?? [];
  const [, sentence = "it ended early"] = /^✗ (.+)$/m.exec(text.slice(text.lastIndexOf("\n✗") + 1)) ?? [];
  return names ? names.trim().split(/\n\s*/) : [sentence];
}

function row({ n, loops, seconds, failures }) {
  return `| ${n} | ${loops > 0 ? `${loops} busy loops` : "–"} | ${seconds} | ${failures.join("; ") || "–"} |`;
}
