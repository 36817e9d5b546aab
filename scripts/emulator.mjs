// Builds the emulator and names its path.

import path from "node:path";
import { buildPackage } from "./build.mjs";
import { browser, cxx, rust } from "./setup.mjs";
import { root, run, step } from "./steps.mjs";

/** The path of the built emulator. */
export const emulatorBinary = path.join(root, "target", "debug", process.platform === "win32" ? "fal-emulator.exe" : "fal-emulator");

/** Builds the emulator. cargo skips unchanged crates. */
export async function buildEmulator({ cargo, env }) {
  await step("Building the emulator (the first time, some minutes)", () =>
    run(cargo, ["build", "-p", "fal-emulator", "--locked", "--quiet"], { env }),
  );
}

/** As `buildEmulator`, but with the settings of `cargo test`, so that `cargo test` and this reuse each other's build. */
export async function buildEmulatorForTests({ cargo, env }) {
  await step("Building the emulator (the first time, some minutes)", () =>
    run(cargo, ["test", "--locked", "--quiet", "--no-run", "--test", "http"], { env }),
  );
}

/** Builds the package and the emulator, finds a browser, and passes the paths on in the environment. Resolves with the compiler. */
export async function buildForPages() {
  await cxx();
  const compiler = await rust();
  process.env.CHROME_PATH = (await browser()).browser;
  await buildPackage(compiler);
  await buildEmulatorForTests(compiler);
  process.env.FAL_EMULATOR ??= emulatorBinary;
  return compiler;
}
