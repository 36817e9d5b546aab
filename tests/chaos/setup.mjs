// One emulator and one browser for a chaos run, and its pages.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../support/browser.mjs";
import { startEmulator } from "../support/emulator.mjs";

const inside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** No key: the emulator takes this one only, and everything that was said or sent is searched for it. */
export const KEY = "chaos-0123456789abcdef:fedcba9876543210";

/**
 * Starts both. Besides `emulator`, `browser` and `folder`, for files, it has
 * - `open({ before? })`: a fresh page with `window.library`, after a script; `said` collects its console,
 *   `thrown` what nobody took
 * - `stop()`: ends both, and removes all files
 */
export async function startChaos() {
  const folder = mkdtempSync(path.join(tmpdir(), "fal-chaos-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", removeFolder);
  const args = ["--www", inside("page"), "--endpoints", inside("endpoints"), "--data", path.join(folder, "data")];
  const emulator = await startEmulator({ args: [...args, "--concurrency", "40", "--disk-limit", "100G", "--require-key", KEY] });
  const browser = await launchBrowser();
  return {
    emulator,
    browser,
    folder,
    open: (options) => open(browser, emulator.url, options),
    async stop() {
      await browser.close();
      await emulator.stop();
      removeFolder();
      process.off("exit", removeFolder);
    },
  };
}

async function open(browser, url, { before } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said = [];
  const thrown = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => thrown.push(String(error.stack ?? error)));
  if (before) await page.addInitScript(before);
  await page.goto(`${url}/index.html`);
  await page.waitForFunction(() => window.library !== undefined);
  return { page, said, thrown, close: () => context.close() };
}
