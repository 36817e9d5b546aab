// `npm run demo` installs missing tools, builds the package and the emulator, and starts the emulator, which serves the
// demo page. Arguments go to the emulator: see `npm run demo -- --help`.

import { spawn } from "node:child_process";
import { buildPackage } from "./build.mjs";
import { buildEmulator, emulatorBinary } from "./emulator.mjs";
import { cxx, nodeModules, rust } from "./setup.mjs";
import { main } from "./steps.mjs";

await main(async () => {
  await nodeModules();
  await cxx();
  const compiler = await rust();
  await buildPackage(compiler);
  await buildEmulator(compiler);
});

const emulator = spawn(emulatorBinary, process.argv.slice(2), { stdio: "inherit" });
// The terminal sends Ctrl-C to both processes. The emulator cleans up, and this process waits until it has exited.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => emulator.kill(signal));
emulator.on("exit", (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
