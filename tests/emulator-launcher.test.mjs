// The launcher of the npm package fal-emulator: it starts the right program, and behaves like the program itself.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "../emulator/npm/find-program.js";

const source = fileURLToPath(new URL("../emulator/npm", import.meta.url));
const own = `fal-emulator-${process.platform}-${process.arch}`;

/** A stand-in program. It prints its arguments. It then exits with a code, kills itself, or waits for a signal. */
const PROGRAM = `#!${process.execPath}
const [what, value] = process.argv.slice(2);
console.log(JSON.stringify(process.argv.slice(2)));
if (what === "exit") process.exit(Number(value));
if (what === "die") process.kill(process.pid, value);
if (what === "wait") {
  process.on(value, () => {
    console.log("tidied up after " + value);
    process.exit(7);
  });
  console.log("waiting");
}
setTimeout(() => {}, 60_000);
`;

let folder;
let modules;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "fal-emulator-launcher-"));
  modules = path.join(folder, "node_modules");
  cpSync(source, path.join(modules, "fal-emulator"), { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program into the platform package of this machine while `work` runs. */
async function withProgram(text, work) {
  const home = path.join(modules, own);
  mkdirSync(path.join(home, "bin"), { recursive: true });
  writeFileSync(path.join(home, "package.json"), JSON.stringify({ name: own, version: "0.1.0" }));
  writeFileSync(path.join(home, "bin/fal-emulator"), text);
  chmodSync(path.join(home, "bin/fal-emulator"), 0o755);
  try {
    return await work(path.join(home, "bin/fal-emulator"));
  } finally {
    rmSync(home, { recursive: true });
  }
}

const launcher = () => path.join(modules, "fal-emulator/launch.js");
const env = { ...process.env, FAL_EMULATOR_BINARY: undefined };

function launch(args, options = {}) {
  return spawnSync(process.execPath, [launcher(), ...args], { encoding: "utf8", cwd: folder, env: { ...env, ...options } });
}

describe("the launcher of fal-emulator", () => {
  test("passes arguments, output and the exit code on", () =>
    withProgram(PROGRAM, () => {
      const { stdout, status } = launch(["exit", "3", "--endpoints", "a folder", ""]);
      assert.equal(stdout, `${JSON.stringify(["exit", "3", "--endpoints", "a folder", ""])}\n`);
      assert.equal(status, 3);
    }));

  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])) {
    test(`passes ${signal} on, and waits until the program has tidied up`, () =>
      withProgram(PROGRAM, async () => {
        const child = spawn(process.execPath, [launcher(), "wait", signal], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
        let said = "";
        child.stdout.on("data", (chunk) => {
          if (!said.includes("waiting") && (said += chunk).includes("waiting")) child.kill(signal);
          else said += chunk;
        });
        const code = await new Promise((resolve) => child.on("close", resolve));
        assert.match(said, new RegExp(`tidied up after ${signal}`));
        assert.equal(code, 7);
      }));
  }

  for (const signal of ["SIGKILL", "SIGTERM"]) {
    test(`ends by ${signal} where the program did`, () => withProgram(PROGRAM, () => assert.equal(launch(["die", signal]).signal, signal)));
  }

  test("starts the program that FAL_EMULATOR_BINARY names, installed or not", () =>
    withProgram(PROGRAM, (program) => {
      const named = path.join(folder, "my own");
      cpSync(program, named);
      rmSync(program);
      assert.equal(launch(["exit", "4"], { FAL_EMULATOR_BINARY: named }).status, 4);
    }));

  test("says that FAL_EMULATOR_BINARY names nothing, instead of starting another program", () =>
    withProgram(PROGRAM, () => {
      const { stderr, status } = launch(["exit", "0"], { FAL_EMULATOR_BINARY: "/no/such/program" });
      assert.equal(stderr, "FAL_EMULATOR_BINARY names /no/such/program, which is not there.\n");
      assert.equal(status, 1);
    }));

  test("says how to install a platform package that npm left out", () => {
    const { stderr, status } = launch([]);
    assert.match(stderr, new RegExp(`${own}.*is not installed`));
    assert.match(stderr, /npm install --include=optional fal-emulator/);
    assert.match(stderr, /cargo install fal-emulator/);
    assert.equal(status, 1);
  });

  test("says that a program cannot be run, and which", () =>
    withProgram("", (program) => {
      chmodSync(program, 0o644);
      const { stderr, status } = launch([]);
      assert.ok(stderr.startsWith(`${program} cannot be run: `), stderr);
      assert.equal(status, 1);
    }));
});

describe("the search for the program of fal-emulator", () => {
  const resolve = (id) => {
    throw new Error(`no ${id}`);
  };
  const machine = { platform: "linux", arch: "x64", env: {}, hasMusl: () => false, resolve };
  const problem = (of) => {
    const found = findProgram({ ...machine, ...of });
    return "problem" in found ? found.problem : assert.fail(found.file);
  };

  test("names the platforms that there are programs for, on another one", () => {
    const said = problem({ platform: "freebsd" });
    assert.match(said, /no program for freebsd-x64, only for .*darwin-arm64.*linux-x64.*win32-x64/);
    assert.match(said, /cargo install fal-emulator/);
  });

  test("names the C library that is missing, on a Linux with musl", () => {
    assert.match(problem({ hasMusl: () => true }), /musl.*\n.*node:slim.*cargo install/);
    assert.doesNotMatch(problem({ platform: "darwin", hasMusl: () => true }), /musl/);
  });

  test("takes an installed program on a Linux with musl, too: who has installed it knows why", () =>
    withProgram("", (program) => {
      const found = findProgram({ ...machine, platform: process.platform, arch: process.arch, hasMusl: () => true, resolve: () => path.join(modules, own, "package.json") });
      assert.deepEqual(found, { file: program });
    }));

  test("looks for a program with .exe on Windows", () =>
    withProgram("", (program) => {
      const home = { platform: "win32", resolve: () => path.join(modules, own, "package.json") };
      assert.match(problem(home), /not installed/);
      cpSync(program, `${program}.exe`);
      assert.deepEqual(findProgram({ ...machine, ...home }), { file: `${program}.exe` });
    }));
});

test("the launcher's package holds all that it imports, and runs without a dependency on Node 18", () => {
  const { files, engines, dependencies } = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8"));
  assert.deepEqual(files, ["launch.js", "find-program.js"]);
  assert.deepEqual([engines, dependencies], [{ node: ">=18" }, undefined]);
  for (const file of files) {
    const imported = Array.from(readFileSync(path.join(source, file), "utf8").matchAll(/from "([^"]+)"/g), ([, name]) => name);
    for (const name of imported) assert.ok(name.startsWith("node:") || files.includes(name.slice(2)), name);
  }
});
