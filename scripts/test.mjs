// `npm test`: sets up what is missing and runs every test. Nothing is skipped: what cannot
// be set up fails the run.

import { readdirSync } from "node:fs";
import path from "node:path";
import { buildPackage, wasmArgs } from "./build.mjs";
import { emulatorBinary } from "./emulator.mjs";
import { foreignNodeModules, foreignPython } from "./foreign.mjs";
import { buildRustApp } from "./rust-app.mjs";
import { browser, cxx, nodeModules, rust, wasmBindgen } from "./setup.mjs";
import { reportSizes } from "./size.mjs";
import { StepError, main, root, run, step } from "./steps.mjs";

await main(async () => {
  await nodeModules();
  await foreignNodeModules();
  await foreignPython();
  await cxx();
  const compiler = await rust();
  const { cargo, env } = compiler;
  const { browser: chromium, driver } = await browser();
  await buildPackage(compiler);
  const testEnv = { ...env, CHROME_PATH: chromium, CHROMEDRIVER: driver, FAL_EMULATOR: emulatorBinary };

  // Builds the emulator too, which the tests after it use.
  await step("Native tests: the pure modules, the renderer, the emulator over HTTP (the first time, some minutes)", () =>
    run(cargo, ["test", "--locked", "--quiet"], { env: testEnv }),
  );
  await step("Boundary tests: the Rust client in headless Chromium", () => boundaryTests(compiler, testEnv));
  await buildRustApp(compiler);
  await step("Browser tests: the package, the page and the Rust app in Chromium", () => nodeTests("tests", testEnv));
  await step("Foreign tests: clients that others wrote, against the emulator", () => nodeTests("tests/foreign", testEnv));
  await step("Sizes", reportSizes);
});

/** The tests of one folder, one file after another. */
function nodeTests(folder, env) {
  const files = readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  if (files.length === 0) throw new StepError(`There are no tests in ${folder}/.`);
  const paths = files.sort().map((name) => path.join(folder, name));
  return run(process.execPath, ["--test", "--test-concurrency=1", ...paths], { env });
}

/** wasm-bindgen tests, against an emulator whose address the tests are built with. */
async function boundaryTests({ cargo, version }, env) {
  const { startEmulator } = await import("../tests/support/emulator.mjs");
  const bin = await wasmBindgen({ cargo, env, version });
  // A fixed port keeps the address, and with it the build, the same from run to run; where
  // it is taken, any other does.
  const emulator = await startEmulator({ args: ["--port", "18787"] }).catch(() => startEmulator());
  try {
    await run(cargo, ["test", "-p", "fal-wasm", "--features", "npm", "--locked", "--test", "web", ...wasmArgs], {
      env: {
        ...env,
        EMULATOR_URL: emulator.url,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: path.join(bin, "wasm-bindgen-test-runner"),
        WASM_BINDGEN_TEST_TIMEOUT: "120",
      },
    });
  } finally {
    await emulator.stop();
  }
}
