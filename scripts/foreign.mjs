// Installs other people's clients of fal.ai, which tests/foreign uses, from their own registries.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { canInstall, install, nodeModules } from "./setup.mjs";
import { StepError, find, output, root, run, step } from "./steps.mjs";

const folder = path.join(root, "tests", "foreign");
const REQUIREMENTS = path.join(folder, "requirements.txt");
/** The oldest Python that the Python packages support. */
const OLDEST_PYTHON = [3, 11];

/** The npm packages of tests/foreign/package-lock.json. */
export function foreignNodeModules() {
  return nodeModules(folder);
}

/**
 * Installs Python with the packages of tests/foreign/requirements.txt into a virtual environment of its own, in the
 * user's cache.
 * @returns {Promise<string>} its executable
 */
export async function foreignPython() {
  const base = await python();
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  const digest = createHash("sha256").update(`${base.executable}\n${base.version}\n${wanted}`).digest("hex");
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  const environment = path.join(cache, "fal-wasm", `python-${digest.slice(0, 16)}`);
  const executable = path.join(environment, "bin", "python");
  // This file is written last. If it is missing, an earlier installation was interrupted.
  const done = path.join(environment, "installed");
  if (existsSync(done) && existsSync(executable)) return executable;
  await step("Installing the Python packages of tests/foreign", async () => {
    rmSync(environment, { recursive: true, force: true });
    mkdirSync(path.dirname(environment), { recursive: true });
    await run(base.executable, ["-m", "venv", environment]);
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    await run(executable, ["-m", "pip", "install", ...quiet, "--only-binary", ":all:", "--requirement", REQUIREMENTS]);
    writeFileSync(done, wanted);
  });
  return executable;
}

/** A Python that can make virtual environments. */
async function python() {
  const look = () => {
    const executable = find("python3");
    const script = "import ensurepip, venv, sys; print('%d.%d' % sys.version_info[:2])";
    const version = executable && output(executable, ["-c", script]);
    return version && { executable, version };
  };
  if (!look() && canInstall()) await step("Installing Python", () => install(["python3", "python3-venv"]));
  const found = look();
  if (!found) throw new StepError("Python 3 with venv is missing: install python3 and python3-venv.");
  const [major, minor] = found.version.split(".").map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    throw new StepError(`Python ${OLDEST_PYTHON.join(".")} or newer is needed, this is ${found.version}.`);
  }
  return found;
}
