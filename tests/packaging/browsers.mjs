// Opens pages in the three engines. Firefox and WebKitGTK need no driver, because each app reports by itself.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { launchBrowser } from "../support/browser.mjs";
import { firefox, webKit } from "../../scripts/setup.mjs";
import { start } from "./processes.mjs";

/** A development server compiles a page at its first request. On a busy machine, this takes long. */
const OPENS_WITHIN_MS = 90_000;

let chromium;

/** Opens a page. Returns `close()`, and `broken`, a promise that rejects if the page fails to open or has an error. */
export function open(browser, url) {
  return { chromium: inChromium, firefox: inFirefox, webkit: inWebKit }[browser](url);
}

/** Closes the Chromium that all pages share. */
export async function closeBrowsers() {
  await (await chromium)?.close();
  chromium = undefined;
}

async function inChromium(url) {
  chromium ??= launchBrowser();
  const context = await (await chromium).newContext();
  const page = await context.newPage();
  const broken = new Promise((_, reject) => page.once("pageerror", (error) => reject(new Error(`in the page: ${error.message}`))));
  broken.catch(() => {});
  await page.goto(url, { timeout: OPENS_WITHIN_MS });
  return { broken, close: () => context.close() };
}

// No questions, no updates, and no pages of Firefox's own.
const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

async function inFirefox(url) {
  const command = await firefox();
  const profile = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-firefox-"));
  const lines = Object.entries(FIREFOX_PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  writeFileSync(path.join(profile, "user.js"), lines.join("\n"));
  // Do not let another running Firefox of this user open the page.
  const program = start(command, ["--headless", "--no-remote", "--profile", profile, url], { env: { HOME: profile } });
  return shown(program, profile);
}

async function inWebKit(url) {
  const { browser, display } = await webKit();
  const home = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-webkit-"));
  // WebKit's sandbox does not work as root, and containers run tests as root.
  const env = { HOME: home, XDG_RUNTIME_DIR: home, ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }) };
  return shown(start(display, ["--auto-servernum", browser, "--private", url], { env }), home);
}

function shown(program, folder) {
  return {
    broken: program.broken,
    async close() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
