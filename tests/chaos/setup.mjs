// The emulator, the front before it, the browser, and the pages of a chaos run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../support/browser.mjs";
import { startEmulator } from "../support/emulator.mjs";
import { startFront } from "./front/index.mjs";

const inside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A made-up key. The emulator accepts only this one, and the run searches all output and all requests for it. */
export const KEY = "chaos-0123456789abcdef:fedcba9876543210";

/**
 * Starts them. The result has `emulator`, `front`, `browser`, `folder` (for files), and
 * - `open({ url?, before?, worker? })`: opens a fresh page with `window.library`. `url` is its origin, the front by default;
 *   `before` a script that runs first; `worker` the seed of a service worker that controls the page. `said` collects the
 *   page's console, `thrown` its uncaught errors
 * - `stop()`: stops them and removes all files
 */
export async function startChaos() {
  const folder = mkdtempSync(path.join(tmpdir(), "fal-chaos-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", removeFolder);
  const args = ["--www", inside("page"), "--endpoints", inside("endpoints"), "--data", path.join(folder, "data")];
  const emulator = await startEmulator({ args: [...args, "--concurrency", "40", "--disk-limit", "100G", "--require-key", KEY] });
  const front = await startFront(emulator.url);
  const browser = await launchBrowser();
  return {
    emulator,
    front,
    browser,
    folder,
    open: (options) => open(browser, { url: front.url, ...options }),
    async stop() {
      await browser.close();
      await front.stop();
      await emulator.stop();
      removeFolder();
      process.off("exit", removeFolder);
    },
  };
}

async function open(browser, { url, before, worker }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said = [];
  const thrown = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => thrown.push(String(error.stack ?? error)));
  if (before) await page.addInitScript(before);
  await page.goto(`${url}/index.html`);
  await page.waitForFunction(() => window.library !== undefined);
  if (worker !== undefined) await page.evaluate((seed) => window.withWorker(seed), worker);
  return { page, said, thrown, close: () => context.close() };
}
