// Runs test files and programs of tests, several at once, each in its own process, and prints how long each took. A file whose
// name ends in `.alone.test.mjs` measures something: it runs while nothing else runs.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { StepError, root } from "./steps.mjs";

const REPORTER = pathToFileURL(path.join(root, "scripts/test-reporter.mjs")).href;
/** Every file takes less, even on a slow and busy machine. A file that takes longer hangs. */
const TIME_LIMIT_MS = 15 * 60_000;
const MOST_SLOW = 10;
/** How long each file took in its last run. Slow files start first, so that no slow file runs alone at the end. */
const TIMES = path.join(root, "target/test-times.json");

const isAlone = (file) => file.endsWith(".alone.test.mjs");
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * What ran, and how it ended.
 * @typedef {{file: string, ms: number, count: number, failed: string[], skipped: string[]}} Done
 */

/**
 * The test files in a folder, as paths from the repository.
 * @param {string} folder
 * @param {string[]} words select files by part of their names; none select all
 */
export function testFilesIn(folder, words = []) {
  const names = readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  if (names.length === 0) throw new StepError(`There are no tests in ${folder}/.`);
  return names.sort().map((name) => path.join(folder, name)).filter((file) => isWanted(file, words));
}

/**
 * Whether a name has one of the words. Without words, every name is wanted.
 * @param {string} name
 * @param {string[]} words
 */
export const isWanted = (name, words) => words.length === 0 || words.some((word) => name.includes(word));

/**
 * Runs the files. Prints a line for each, the failures of each file that failed, and the ten slowest files.
 * @param {string[]} files paths within the repository
 * @param {{env?: Record<string, string | undefined>, atOnce?: number, isVerbose?: boolean, programs?: (() => Promise<Done>)[]}} options
 * `atOnce` of them run at one time; verbose also prints the output of files that pass; `programs` (see `runProgram`) run beside
 * the files
 * @returns {Promise<Done[]>}
 */
export async function runFiles(files, { env = {}, atOnce = os.availableParallelism(), isVerbose = false, programs = [] } = {}) {
  /** @type {Done[]} */
  const done = [];
  const times = readTimes();
  const nameOf = (file) => `${env.FAL_ENGINE ?? "chromium"} ${file}`;
  const together = files.filter((file) => !isAlone(file)).sort((a, b) => (times[nameOf(b)] ?? 0) - (times[nameOf(a)] ?? 0));
  const waiting = [...programs, ...together.map((file) => () => runFile(file, env, isVerbose))];
  const worker = async () => {
    for (let start = waiting.shift(); start; start = waiting.shift()) done.push(await start());
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const file of files.filter(isAlone)) done.push(await runFile(file, env, isVerbose));
  mkdirSync(path.dirname(TIMES), { recursive: true });
  writeFileSync(TIMES, JSON.stringify({ ...times, ...Object.fromEntries(done.map(({ file, ms }) => [nameOf(file), Math.round(ms)])) }));
  const sum = (of) => done.reduce((total, it) => total + of(it), 0);
  console.log(`${sum(({ count }) => count)} tests in ${done.length} files, ${sum(({ failed }) => failed.length)} failed, ${sum(({ skipped }) => skipped.length)} skipped.`);
  if (done.length > 1) printSlowest(done);
  return done;
}

function readTimes() {
  try {
    return JSON.parse(readFileSync(TIMES, "utf8"));
  } catch {
    return {};
  }
}

function printSlowest(done) {
  const slowest = done.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_SLOW);
  console.log(`The slowest: ${slowest.map(({ file, ms }) => `${path.basename(file, ".test.mjs")} ${seconds(ms)}`).join(", ")}.`);
}

/** Throws with the names of the tests that failed, if any did. */
export function assertPassed(done) {
  const failed = done.flatMap(({ file, failed }) => failed.map((name) => `${path.basename(file)}: ${name}`));
  if (failed.length > 0) throw new StepError(`Failed:\n  ${failed.join("\n  ")}`);
}

/**
 * Runs a program of Rust's test harness. Prints a line, and the program's output if it fails.
 * @param {string} name
 * @param {[command: string, args: string[]]} program
 * @param {{env: Record<string, string | undefined>, isVerbose: boolean}} options
 * @returns {Promise<Done>}
 */
export async function runProgram(name, [command, args], { env, isVerbose }) {
  const began = performance.now();
  const { problem, said } = await spawnAndRead(command, args, env);
  const ms = performance.now() - began;
  const count = [...said.matchAll(/^test result: .* (\d+) passed; (\d+) failed;/gm)].reduce((sum, [, passed, failed]) => sum + Number(passed) + Number(failed), 0);
  const named = [...said.matchAll(/^---- (.+?)(?: stdout| output)? ----$/gm)].map(([, test]) => test);
  const failed = problem ? (named.length > 0 ? named : [problem]) : [];
  const done = { file: name, ms, count, failed, skipped: [] };
  printDone(done);
  if (problem || isVerbose) printIndented(said);
  return done;
}

/** @param {Done} done */
function printDone({ file, ms, count, failed }) {
  console.log(`${failed.length > 0 ? "✗" : "✓"} ${file}: ${count} tests, ${seconds(ms)}`);
}

/** @param {string} text */
const printIndented = (text) => console.log(text.replaceAll(/^/gm, "    "));

async function runFile(file, env, isVerbose) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-test-"));
  const notes = path.join(folder, "tests.jsonl");
  const began = performance.now();
  const { problem, said } = await runProcess(file, notes, env);
  const ms = performance.now() - began;
  const ended = readNotes(notes);
  rmSync(folder, { recursive: true });
  // A suite fails if one of its tests fails. Report the suite only if none of its tests failed.
  const tests = ended.filter(({ isSuite }) => !isSuite);
  const failedTests = tests.filter(({ isFailed }) => isFailed);
  const failed = (failedTests.length > 0 ? failedTests : ended.filter(({ isFailed }) => isFailed)).map(({ name }) => name);
  if (problem && failed.length === 0) failed.push(problem);
  const skipped = ended.filter(({ skip }) => skip !== undefined && skip !== false);
  const done = { file, ms, count: tests.length, failed, skipped: skipped.map(({ name }) => name) };
  printDone(done);
  for (const { name, skip } of skipped) console.log(`    skipped: ${name} (${skip})`);
  if (failed.length > 0 || isVerbose) printIndented(isVerbose ? said : failuresIn(said));
  return done;
}

/** The reporter's summary of failures. If the run ended before the summary, the whole output. */
const failuresIn = (said) => said.slice(Math.max(0, said.lastIndexOf("✖ failing tests:")));

function readNotes(file) {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** Runs one file. Its reporter writes its tests to `notes`. */
function runProcess(file, notes, env) {
  const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout", `--test-reporter=${REPORTER}`, `--test-reporter-destination=${notes}`];
  return spawnAndRead(process.execPath, [...reporters, file], env, TIME_LIMIT_MS);
}

/**
 * Runs a process. Resolves with its output, and with the reason if it ended with an error.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @param {number} [timeout]
 * @returns {Promise<{problem?: string, said: string}>}
 */
function spawnAndRead(command, args, env, timeout) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, timeout });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    child.on("error", (error) => resolve({ problem: error.message, said }));
    child.on("close", (code, signal) => {
      const problem = signal === "SIGTERM" ? `it hangs: over ${seconds(TIME_LIMIT_MS)}` : `ended with ${signal ?? `exit code ${code}`}`;
      resolve({ problem: code === 0 ? undefined : problem, said });
    });
  });
}
