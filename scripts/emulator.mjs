// The emulator: building it, and where it is.

import path from "node:path";
import { root, run, step } from "./steps.mjs";

/** The built emulator. */
export const emulatorBinary = path.join(root, "target", "debug", process.platform === "win32" ? "fal-emulator.exe" : "fal-emulator");

/** Builds the emulator; cargo knows what changed. */
export async function buildEmulator({ cargo, env }) {
  await step("Building the emulator (the first time, some minutes)", () =>
    run(cargo, ["build", "-p", "fal-emulator", "--locked", "--quiet"], { env }),
  );
}
