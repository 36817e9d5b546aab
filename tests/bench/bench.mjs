// The emulator and the browser that all groups share, and the pages that are measured.
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launchBrowser } from "../support/browser.mjs";
import { startEmulator } from "../support/emulator.mjs";
import { meter } from "./page/meter.mjs";
import { writePages } from "./packages.mjs";
import { RESULT_ID, writeResult } from "./result-file.mjs";

const MEGABYTE = 1_000_000;
/** More than any group has jobs at one time, so that no job waits for another. */
const CONCURRENCY = 64;

/**
 * Starts the emulator and the browser for these sizes. Besides `emulator`, `browser` and `size`, the result has
 * - `open(lane, origin)`: opens a fresh page of this origin, in which `window.fal` is the lane's client
 * - `file(megabytes)`: makes a file of this size, and gives its path
 * - `forgetFiles()`: deletes the uploaded bytes
 * - `stop()`: stops both
 */
export async function startBench(size) {
  const folder = mkdtempSync(path.join(tmpdir(), "fal-bench-"));
  const inside = (name) => path.join(folder, name);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", removeFolder);
  for (const name of ["www", "data", "endpoints"]) mkdirSync(inside(name));
  await writePages(inside("www"));
  writeResult(inside("endpoints"), size.resultBytes);
  const args = ["--www", inside("www"), "--data", inside("data"), "--endpoints", inside("endpoints"), "--disk-limit", "1000G", "--concurrency", String(CONCURRENCY)];
  const emulator = await startEmulator({ args });
  const browser = await launchBrowser();
  return {
    emulator,
    browser,
    size,
    resultId: RESULT_ID,
    pages: inside("www"),
    open: (lane, origin) => open(browser, lane, origin),
    file: (megabytes) => randomFile(inside(`${megabytes}.bin`), megabytes),
    forgetFiles: () => forgetFiles(inside("data")),
    async stop() {
      await browser.close();
      await emulator.stop();
      removeFolder();
      process.off("exit", removeFolder);
    },
  };
}

async function open(browser, lane, origin) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.addInitScript(meter);
  await page.goto(`${origin}/${lane}/index.html`);
  await page.waitForFunction(() => window.fal !== undefined);
  const devtools = await context.newCDPSession(page);
  // Measure the time for which the main thread runs, not the time that passes.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return {
    page,
    devtools,
    run: (work, argument) => page.evaluate(work, argument),
    tasks: () => page.evaluate(() => window.meter.tasks()),
    async cpu_ms() {
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
    },
    close: () => context.close(),
  };
}

/** Opens a lane's page, runs `work` in it, and always closes it. `origin` may be a server in front of the emulator. */
export async function inPage(bench, lane, work, origin = bench.emulator.url) {
  const view = await bench.open(lane, origin);
  try {
    return await work(view);
  } finally {
    await view.close();
  }
}

/**
 * @param {string} name
 * @param {number} megabytes
 */
function randomFile(name, megabytes) {
  const block = new Uint8Array(MEGABYTE);
  for (let at = 0; at < MEGABYTE; at += 65_536) crypto.getRandomValues(block.subarray(at, at + 65_536));
  const file = openSync(name, "w");
  for (let written = 0; written < megabytes; written += 1) writeSync(file, block);
  closeSync(file);
  return name;
}

/**
 * Empties the uploaded files, which would fill the disk during a run. The emulator is never asked for them again.
 * @param {string} folder
 */
function forgetFiles(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = path.join(folder, name);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile() && found.size >= MEGABYTE / 2) rmSync(file);
  }
}
