// `npm test` installs missing tools and tests the package, the page, the Rust client and the emulator. It skips nothing: if a tool
// cannot be installed, the run fails. The examples have a command of their own, `npm run test:examples`. Arguments select files
// and steps by part of their names: `npm test -- follow`, `npm test -- native`.

import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { buildPackage, wasmArgs } from "./build.mjs";
import { buildEmulatorForTests, emulatorBinary } from "./emulator.mjs";
import { foreignNodeModules, foreignPython } from "./foreign.mjs";
import { lint } from "./lint.mjs";
import { cxx, nodeModules, rust, testBrowser, wasmBindgen } from "./setup.mjs";
import { reportSizes } from "./size.mjs";
import { StepError, main, run, step } from "./steps.mjs";
import { assertPassed, isWanted, runFiles, runProgram, testFilesIn } from "./test-files.mjs";

const words = process.argv.slice(2);

await main(async () => {
  await nodeModules();
  const files = testFilesIn("tests", words);
  const foreign = testFilesIn("tests/foreign", words);
  const steps = ["lint", "engine", "native", "boundary", "sizes"].filter((name) => isWanted(name, words));
  if (files.length + foreign.length + steps.length === 0) throw new StepError(`There is no test named like ${words.join(", ")}.`);
  if (foreign.length > 0) {
    await foreignNodeModules();
    await foreignPython();
  }
  await cxx();
  const compiler = await rust();
  const { cargo, env } = compiler;
  const { browser: chromium, driver } = await testBrowser();
  await buildPackage(compiler);
  const testEnv = { ...env, CHROME_PATH: chromium, CHROMEDRIVER: driver, FAL_EMULATOR: emulatorBinary };

  if (steps.includes("lint")) await lint(compiler);
  if (steps.includes("engine")) {
    await step("The engine in every order of events: states and transitions, and broken engines that must be found", () =>
      run(cargo, ["test", "--locked", "--quiet", "-p", "fal-wasm", "--lib", "engine::check", "--", "--nocapture", "--test-threads=1"], { env: testEnv }),
    );
  }
  const isVerbose = words.length > 0;
  const programs = [];
  if (steps.includes("native")) {
    // The emulator for the other tests is built with them.
    await step("Building the emulator and the native tests (the first time, some minutes)", () =>
      run(cargo, ["test", "--locked", "--quiet", "--no-run"], { env: testEnv }),
    );
    programs.push(() => runProgram("native: the pure modules, the renderer, the emulator over HTTP", [cargo, ["test", "--locked"]], { env: testEnv, isVerbose }));
  } else {
    await buildEmulatorForTests(compiler);
  }
  if (steps.includes("boundary")) {
    const bin = await wasmBindgen(compiler);
    programs.push(() => boundaryTests(compiler, { bin, testEnv, isVerbose }));
  }
  if (files.length + foreign.length + programs.length > 0) {
    await step("Native tests; the package and the page in Chromium; clients that others wrote, against the emulator", async () =>
      // One more than the cores, as tests also wait.
      assertPassed(await runFiles([...files, ...foreign], { env: testEnv, atOnce: os.availableParallelism() + 1, isVerbose, programs })),
    );
  }
  if (steps.includes("sizes")) await step("Sizes", reportSizes);
});

/** Finds a free port. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** Runs the wasm-bindgen tests. The address of the emulator is compiled into them. */
async function boundaryTests({ cargo }, { bin, testEnv, isVerbose }) {
  const { startEmulator } = await import("../tests/support/emulator.mjs");
  // The tests control the emulator from their page. The emulator allows this only to pages of the origins named here.
  const address = `127.0.0.1:${await freePort()}`;
  const args = ["--allow-origin", `http://${address}`];
  // With a fixed port the address stays the same from run to run, and the build stays valid. If the port is taken, use
  // any other.
  const emulator = await startEmulator({ args: [...args, "--port", "18787"] }).catch(() => startEmulator({ args }));
  try {
    return await runProgram("boundary: the Rust client in Chromium", [cargo, ["test", "-p", "fal-wasm", "--features", "npm", "--locked", "--test", "web", ...wasmArgs]], {
      isVerbose,
      env: {
        ...testEnv,
        EMULATOR_URL: emulator.url,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: path.join(bin, "wasm-bindgen-test-runner"),
        WASM_BINDGEN_TEST_ADDRESS: address,
        WASM_BINDGEN_TEST_TIMEOUT: "300",
      },
    });
  } finally {
    await emulator.stop();
  }
}
