// Runs the emulator's program as a user does: in an empty folder, without any file of the repository.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StepError } from "./steps.mjs";

const STARTS_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 10_000;

/**
 * Starts the program and resolves when it has answered a request.
 *
 * - `url`: its origin; `said()`: its whole output
 * - `firstAnswerMs`: the time from the start to the end of the first answer
 * - `stop(signal)`: sends a signal to the program and all its children, as a terminal does. Resolves when all have exited
 * @param {string} command
 * @param {{cwd: string, env?: Record<string, string | undefined>, args?: string[]}} options `args` before `--port 0`
 */
export async function startProgram(command, { cwd, env = {}, args = [] }) {
  const began = performance.now();
  // In a process group of its own, as a terminal does it, so that the program's children can be stopped with it.
  const program = spawn(command, [...args, "--port", "0", "--pace", "0"], {
    cwd,
    env: { ...process.env, FAL_KEY: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  let said = "";
  // "close" comes when the program and all its children have exited: until then the output stays open.
  const ended = new Promise((resolve) => program.once("close", (code, signal) => resolve(code ?? signal)));
  const stop = async (/** @type {NodeJS.Signals} */ signal = "SIGTERM") => {
    send(program, signal);
    const timer = setTimeout(() => send(program, "SIGKILL"), ENDS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    const url = await /** @type {Promise<string>} */ (new Promise((resolve, reject) => {
      const fail = (why) => reject(new StepError(`${command} ${why}:\n${said}`));
      const timer = setTimeout(() => fail("named no address in time"), STARTS_WITHIN_MS);
      const read = (chunk) => {
        said += chunk;
        const [, origin] = /^Open (http:\S+)\n/m.exec(said.replaceAll("\r\n", "\n")) ?? [];
        if (!origin) return;
        clearTimeout(timer);
        resolve(origin);
      };
      for (const stream of [program.stdout, program.stderr]) stream.on("data", read);
      program.once("error", (error) => fail(error.message));
      void ended.then((code) => fail(`ended with ${code}`));
    }));
    await (await fetch(`${url}/api/emulator`)).json();
    return { url, said: () => said, firstAnswerMs: performance.now() - began, stop };
  } catch (error) {
    send(program, "SIGKILL");
    throw error;
  }
}

/** Sends a signal to a program and all its children. */
function send(program, signal) {
  try {
    if (process.platform === "win32") program.kill(signal);
    else process.kill(-program.pid, signal);
  } catch {
    // The process has already exited.
  }
}

/**
 * Checks that the program needs no other file: in an empty folder, it serves the page and the package.
 * @returns {Promise<number>} ms from its start to its first answer
 */
export async function tryAlone(file) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fal-emulator-alone-"));
  const program = await startProgram(file, { cwd: folder });
  try {
    for (const [name, type, part] of [
      ["/", "text/html", "fal-wasm"],
      ["/app.js", "text/javascript", "import"],
      ["/fal-wasm/index.js", "text/javascript", "export"],
    ]) {
      const reply = await fetch(program.url + name);
      assert.equal(reply.status, 200, name);
      assert.match(reply.headers.get("content-type") ?? "", new RegExp(`^${type}`), name);
      assert.ok((await reply.text()).includes(part), name);
    }
    return program.firstAnswerMs;
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
