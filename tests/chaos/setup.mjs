// One emulator, one front before it and one browser for a chaos run, and its pages.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../support/browser.mjs";
import { startEmulator } from "../support/emulator.mjs";
import { startFront } from "./front/index.mjs";

const inside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** No key: the emulator takes this one only, and everything that was said or sent is searched for it. */
export const KEY = "chaos-0123456789abcdef:fedcba9876543210";

/**
 * Starts them. Besides `emulator`, `front`, `browser` and `folder`, for files, it has
 * - `open({ url?, before?, worker? })`: a fresh page with `window.library`, of the front or of another origin,
 *   after a script; `worker` is the seed of a service worker that takes charge of the page. `said` collects
 *   the page's console, `thrown` what nobody took
 * - `stop()`: ends them, and removes all files
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
