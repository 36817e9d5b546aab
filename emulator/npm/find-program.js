// Finds the emulator's program on this machine. Each platform has a package of its own among the optional
// dependencies. npm installs only the package that fits the machine.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const PREFIX = "fal-emulator-";
const BUILD_IT = "Or build it, with Rust and a C++ compiler: cargo install fal-emulator.";

/** The platform of this process: operating system, processor and C library. */
export const thisMachine = () => ({
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  hasMusl,
  resolve: createRequire(import.meta.url).resolve,
});

/**
 * Finds the program.
 * @param {{platform: string, arch: string, env: Record<string, string | undefined>, hasMusl: () => boolean, resolve: (id: string) => string}} machine
 * @returns {{file: string} | {problem: string}} the path of the program, or the reason why there is none and what helps
 */
export function findProgram({ platform, arch, env, hasMusl, resolve }) {
  const named = env.FAL_EMULATOR_BINARY;
  if (named) return existsSync(named) ? { file: named } : { problem: `FAL_EMULATOR_BINARY names ${named}, which is not there.` };
  const name = `${PREFIX}${platform}-${arch}`;
  const names = platformPackages();
  if (!names.includes(name)) {
    const platforms = names.map((each) => each.slice(PREFIX.length)).join(", ");
    return { problem: `fal-emulator has no program for ${platform}-${arch}, only for ${platforms}.\n${BUILD_IT}` };
  }
  const file = programIn(name, platform, resolve);
  if (file) return { file };
  if (platform === "linux" && hasMusl()) {
    return { problem: `fal-emulator needs glibc, and this Linux has musl, as Alpine does.\nUse an image with glibc, such as node:slim. ${BUILD_IT}` };
  }
  return {
    problem: `The package ${name}, which holds the program, is not installed.
npm leaves it out with --omit=optional, and where node_modules came from another kind of machine.
Install it with: npm install --include=optional fal-emulator
${BUILD_IT} FAL_EMULATOR_BINARY names a program that you have.`,
  };
}

function platformPackages() {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
  return Object.keys(optionalDependencies);
}

/** The path of the program in a platform package, or undefined if the package is not installed. */
function programIn(name, platform, resolve) {
  try {
    const file = path.join(path.dirname(resolve(`${name}/package.json`)), "bin", platform === "win32" ? "fal-emulator.exe" : "fal-emulator");
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function hasMusl() {
  const report = /** @type {undefined | {excludeNetwork?: boolean, getReport(): object}} */ (process.report);
  // Without this, the report looks up the host names of all network connections, which may take long.
  if (report) report.excludeNetwork = true;
  const { header } = /** @type {{header?: {glibcVersionRuntime?: string}}} */ (report?.getReport() ?? {});
  return !header?.glibcVersionRuntime;
}
