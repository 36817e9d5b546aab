// `npm run release:emulator` builds the emulator as people install it. It builds the program for this machine, with the
// demo page in it, and tries it in an empty folder. It then packs two npm packages into target/npm: the program in
// platform/, and the launcher in launcher/.
//
// --as-built    uses the present dist/ instead of building the package

import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { buildPackage } from "./build.mjs";
import { copyCrates, cratesFolder } from "./crates.mjs";
import { cxx, nodeModules, rust } from "./setup.mjs";
import { StepError, main, output, root, run, step } from "./steps.mjs";
import { thirdPartyLicenses } from "./third-party.mjs";
import { tryAlone } from "./try-program.mjs";

const isWindows = process.platform === "win32";
const programName = isWindows ? "fal-emulator.exe" : "fal-emulator";
const targetDir = path.join(root, "target");
const sources = path.join(root, "emulator/npm");
const packed = path.join(targetDir, "npm");
/** The oldest minor version of cargo 1 that can pack crates which depend on each other. */
const OLDEST_CARGO = 90;

/** The path of the built program. */
export const releasedProgram = path.join(targetDir, "dist", programName);

/** The name of the npm package with the program for this machine. */
export const platformPackage = `fal-emulator-${process.platform}-${process.arch}`;

/**
 * Finds a compiler for native code. Any recent one will do: only the client's WebAssembly has stricter requirements.
 * @returns {Promise<{cargo: string, env: Record<string, string>}>}
 */
export async function nativeRust() {
  const [, minor] = /^cargo 1\.(\d+)/.exec(output("cargo", ["--version"]) ?? "") ?? [];
  const compiler = Number(minor) >= OLDEST_CARGO ? { cargo: "cargo", env: {} } : await rust();
  return { cargo: compiler.cargo, env: { ...compiler.env, CARGO_TARGET_DIR: targetDir } };
}

/** Builds the program with the present dist/ and www/. */
export async function buildProgram({ cargo, env }) {
  copyCrates();
  await step("Building the emulator for release (the first time, some minutes)", () =>
    run(cargo, ["build", "--profile", "dist", "-p", "fal-emulator", "--locked", "--quiet"], { cwd: cratesFolder, env: { ...env, ...releaseFlags() } }),
  );
}

/** Keeps this machine's folder names out of the program. On Windows, links the C++ runtime into it. */
function releaseFlags() {
  const cargoHome = process.env.CARGO_HOME || path.join(os.homedir(), ".cargo");
  const flags = [`--remap-path-prefix=${cratesFolder}=.`, `--remap-path-prefix=${cargoHome}=cargo`];
  if (isWindows) flags.push("-Ctarget-feature=+crt-static");
  return { CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f") };
}

/** The newest tarballs: the program's and the launcher's. */
export const packedTarballs = () => ["platform", "launcher"].map((kind) => tarballIn(path.join(packed, kind)));

function tarballIn(folder) {
  const [name] = readdirSync(folder);
  return path.join(folder, name);
}

/** Packs the program and the launcher. */
export async function packPackages(compiler) {
  const launcher = JSON.parse(readFileSync(path.join(sources, "package.json"), "utf8"));
  if (!(platformPackage in launcher.optionalDependencies)) {
    throw new StepError(`The launcher knows no ${platformPackage}: add it to emulator/npm/package.json and to the release workflow.`);
  }
  rmSync(packed, { recursive: true, force: true });
  await pack("platform", platformManifest(launcher), (folder) => {
    mkdirSync(path.join(folder, "bin"));
    copyFileSync(releasedProgram, path.join(folder, "bin", programName));
    chmodSync(path.join(folder, "bin", programName), 0o755);
    writeFileSync(path.join(folder, "README.md"), `The program of [fal-emulator](https://www.npmjs.com/package/fal-emulator) for ${process.platform}-${process.arch}.\n`);
    writeFileSync(path.join(folder, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(compiler, cratesFolder));
  });
  await pack("launcher", launcher, (folder) => {
    cpSync(sources, folder, { recursive: true });
    copyFileSync(path.join(root, "emulator/README.md"), path.join(folder, "README.md"));
  });
}

function platformManifest({ version, license }) {
  return {
    name: platformPackage,
    version,
    description: `fal-emulator for ${process.platform}-${process.arch}.`,
    license,
    os: [process.platform],
    cpu: [process.arch],
    ...(process.platform === "linux" && { libc: ["glibc"] }),
    files: ["bin", "THIRD-PARTY-LICENSES.txt"],
    // Yarn cannot start programs inside its archives. With this it unpacks the package.
    preferUnplugged: true,
  };
}

/** Packs a folder. `fill` puts the files into it. */
async function pack(kind, manifest, fill) {
  const [contents, destination] = [path.join(packed, "contents", kind), path.join(packed, kind)];
  for (const folder of [contents, destination]) mkdirSync(folder, { recursive: true });
  fill(contents);
  copyFileSync(path.join(root, "LICENSE"), path.join(contents, "LICENSE"));
  writeFileSync(path.join(contents, "package.json"), `${JSON.stringify(withRepository(manifest), null, 2)}\n`);
  await npm(["pack", "--silent", "--ignore-scripts", "--pack-destination", destination], contents);
}

/** Adds the repository field. The registry compares it with the repository that publishes the package. */
export function withRepository(manifest) {
  const name = process.env.GITHUB_REPOSITORY;
  return name ? { ...manifest, repository: { type: "git", url: `git+https://github.com/${name}.git` } } : manifest;
}

/** Runs npm. On Windows, npm is a script and cannot be started by its name. */
function npm(args, cwd) {
  const script = process.env.npm_execpath;
  return script ? run(process.execPath, [script, ...args], { cwd }) : run("npm", args, { cwd });
}

const megabytes = (file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const { values } = parseArgs({ options: { "as-built": { type: "boolean" } } });
    if (!values["as-built"]) {
      await nodeModules();
      await buildPackage(await rust());
    }
    if (!isWindows) await cxx();
    const compiler = await nativeRust();
    await buildProgram(compiler);
    const ms = await step("Trying the program in an empty folder", () => tryAlone(releasedProgram));
    await step("Packing", () => packPackages(compiler));
    console.log(`The program has ${megabytes(releasedProgram)} and answered its first request ${Math.round(ms)} ms after its start.`);
    for (const tarball of packedTarballs()) console.log(`${path.relative(root, tarball)}: ${megabytes(tarball)}`);
  });
}
