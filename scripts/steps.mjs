// Running commands and saying what goes on: every step with its time.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A failure that one sentence explains; no stack is shown for it. */
export class StepError extends Error {}

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step and says how long it took. */
export async function step(name, work) {
  const from = performance.now();
  console.log(`• ${name}`);
  const value = await work();
  console.log(`  done in ${seconds(from)}`);
  return value;
}

/** Runs the script's steps; ends the process with 1 and a sentence when one fails. */
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
 * Runs a command in the repository, its output shown; throws unless it exits with 0.
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

/** What a command prints, or undefined where it cannot be run or fails. */
export function output(command, args, env = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

/** The first of these commands that is on the PATH, or a path that exists. */
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
 * Does the work unless it was done before with the same sources and the same words.
 * @param {string} name of the note that is left in target/
 * @param {string[]} sources files and folders
 * @param {string[]} outputs files; where one is missing, the work is done
 * @returns {Promise<boolean>} whether it was done now
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

/** Folders of installed packages, and of apps that tests make: no sources. */
const SKIPPED = ["node_modules", ".apps"];

/**
 * The files of a folder and of those below it, from the repository on; of a file, itself.
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
