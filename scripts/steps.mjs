// Runs commands as steps, and prints each step with its time.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The path of the repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * The text of a file of the repository.
 * @param {string[]} parts of its path
 */
export const read = (...parts) => readFileSync(path.join(root, ...parts), "utf8");

/** A failure that one sentence explains. It is shown without a stack. */
export class StepError extends Error {}

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step and prints how long it took. */
export async function step(name, work) {
  const from = performance.now();
  console.log(`• ${name}`);
  const value = await work();
  console.log(`  done in ${seconds(from)}`);
  return value;
}

/** Runs the steps of a script. If one fails, prints the reason and exits with 1. */
export async function main(work) {
  try {
    await work();
    console.log(`All done in ${seconds(started)}.`);
  } catch (error) {
    console.error(error instanceof StepError ? `✗ ${error.message}` : error);
    console.error(`Failed after ${seconds(started)}.`);
    process.exit(1);
  }
}

/**
 * Runs a command in the repository and shows its output. Rejects unless it exits with 0.
 * @returns {Promise<void>}
 */
export function run(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
    child.on("error", (error) => reject(new StepError(`${command}: ${error.message}`)));
    child.on("exit", (code, signal) => {
      if (code === 0) return resolve();
      reject(new StepError(`${path.basename(command)} ${args.join(" ")} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

/** The output of a command. Returns undefined if the command fails or cannot be started. */
export function output(command, args, env = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

/** Finds the first of these commands on the PATH. A command may also be an absolute path. */
export function find(...commands) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const command of commands) {
    if (path.isAbsolute(command) && existsSync(command)) return command;
    const folder = folders.find((folder) => existsSync(path.join(folder, command)));
    if (folder && !path.isAbsolute(command)) return path.join(folder, command);
  }
  return undefined;
}

/**
 * Does the work, unless its last run had the same sources and the same words.
 * @param {string} name of the fingerprint file in target/
 * @param {string[]} sources files and folders
 * @param {string[]} outputs files; if one is missing, the work is done
 * @returns {Promise<boolean>} whether this call did the work
 */
export async function unlessFresh(name, sources, words, outputs, work) {
  const hash = createHash("sha256").update(JSON.stringify(words));
  for (const file of sources.flatMap(filesIn)) {
    hash.update(file).update(readFileSync(path.join(root, file)));
  }
  const digest = hash.digest("hex");
  const note = path.join(root, "target", `${name}.fingerprint`);
  const isThere = outputs.every((file) => existsSync(path.join(root, file)));
  if (isThere && existsSync(note) && readFileSync(note, "utf8") === digest) return false;
  await work();
  mkdirSync(path.dirname(note), { recursive: true });
  writeFileSync(note, digest);
  return true;
}

/** Folders that are no sources: installed packages, and apps that tests make. */
const SKIPPED = ["node_modules", ".apps"];

/**
 * The files in a folder and its subfolders, as paths from the repository. For a file, the file itself.
 * @param {string} entry
 * @returns {string[]}
 */
export function filesIn(entry) {
  const full = path.join(root, entry);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full).filter((name) => !SKIPPED.includes(name)).sort().flatMap((name) => filesIn(path.join(entry, name)));
  } catch {
    return [entry];
  }
}
