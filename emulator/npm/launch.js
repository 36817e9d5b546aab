#!/usr/bin/env node
// Runs the emulator's program in this terminal with the same arguments. Ends with its exit code or signal.

import { spawn } from "node:child_process";
import { findProgram, thisMachine } from "./find-program.js";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

const { file, problem } = findProgram(thisMachine());
if (problem) fail(problem);
else launch(file);

function launch(file) {
  const program = spawn(file, process.argv.slice(2), { stdio: "inherit" });
  // With a listener, the signal does not end this process, which waits until the program has cleaned up. On Windows
  // the console sends Ctrl-C to the program, too, and `kill` would end the program before it has cleaned up.
  for (const signal of FORWARDED) process.on(signal, () => process.platform !== "win32" && program.kill(signal));
  program.on("error", (error) => fail(`${file} cannot be run: ${error.message}`));
  program.on("exit", (code, signal) => {
    if (signal) endBy(signal);
    else process.exitCode = code;
  });
}

/** Ends this process by the signal that ended the program, so that a shell sees the same. */
function endBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function fail(problem) {
  console.error(problem);
  process.exitCode = 1;
}
