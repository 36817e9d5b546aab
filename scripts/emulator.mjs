// The emulator: building it, and where it is.

import path from "node:path";
import { buildPackage } from "./build.mjs";
import { browser, cxx, rust } from "./setup.mjs";
import { root, run, step } from "./steps.mjs";

/** The built emulator. */
export const emulatorBinary = path.join(root, "target", "debug", process.platform === "win32" ? "fal-emulator.exe" : "fal-emulator");

/** Builds the emulator; cargo knows what changed. */
export async function buildEmulator({ cargo, env }) {
  await step("Building the emulator (the first time, some minutes)", () =>
    run(cargo, ["build", "-p", "fal-emulator", "--locked", "--quiet"], { env }),
  );
}

/** As `buildEmulator`, of the same parts as `cargo test` builds it of: what one has built, the other takes. */
export async function buildEmulatorForTests({ cargo, env }) {
  await step("Building the emulator (the first time, some minutes)", () =>
    run(cargo, ["test", "--locked", "--quiet", "--no-run", "--test", "http"], { env }),
  );
}

/** Brings up to date what runs the package in a page against the emulator, and says where it is. */
export async function buildForPages() {
  await cxx();
  const compiler = await rust();
  process.env.CHROME_PATH = (await browser()).browser;
  await buildPackage(compiler);
  await buildEmulatorForTests(compiler);
  process.env.FAL_EMULATOR ??= emulatorBinary;
}
