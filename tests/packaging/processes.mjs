// Runs programs for a row: until they exit, or until the row is done.

import { spawn } from "node:child_process";

const SHOWN_CHARS = 2_000;

// If the run dies, leave no programs behind.
const alive = new Set();
process.on("exit", () => alive.forEach((child) => kill(child, "SIGKILL")));

/**
 * Starts a program in its own process group.
 *
 * - `ended`: resolves with its exit code
 * - `broken`: rejects with its output when it exits; for programs that must not exit
 * - `stop()`: kills it and its children
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 */
export function start(command, args, { cwd, env = {} } = {}) {
  // Remove NODE_ENV: Vite sets it in this process.
  const environment = { ...process.env, NODE_ENV: undefined, ...env };
  const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"], env: environment });
  alive.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => alive.delete(child));
  const broken = ended.then((code) => {
    throw new Error(`${command} ended with ${code}: ${said.slice(-SHOWN_CHARS)}`);
  });
  broken.catch(() => {});
  const stop = async () => {
    if (alive.has(child)) kill(child, "SIGKILL");
    await ended.catch(() => {});
  };
  return { ended, broken, stop, said: () => said };
}

/**
 * Runs a program. Throws its output unless it exits with 0.
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof start>[2]} [options]
 */
export async function run(command, args, options) {
  const program = start(command, args, options);
  if ((await program.ended) !== 0) await program.broken;
}

function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The process has already exited.
  }
}
