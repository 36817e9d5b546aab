// Starts the browser for the tests: this machine's Chromium, or another engine.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { launchFirefox } from "./engines/firefox.mjs";
import { engine } from "./engines/limits.mjs";
import { launchWebKit } from "./engines/webkit.mjs";
import { PATIENCE_MS } from "./patience.mjs";
import { chromium } from "./playwright.mjs";

// First, Chromium without windows: the same engine, at half the cost.
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium or Chrome. `CHROME_PATH` comes first. Throws an error of one line if there is none. */
export function findChromium() {
  const { CHROME_PATH, PATH = "" } = process.env;
  // If `CHROME_PATH` is wrong, say so. Do not silently use another browser.
  if (CHROME_PATH && !isExecutable(CHROME_PATH)) throw new Error(`CHROME_PATH is ${CHROME_PATH}, which cannot be run.`);
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [CHROME_PATH, ...PLACES, ...onPath].find((path) => path && isExecutable(path));
  if (!found) throw new Error("No Chromium or Chrome was found: install one, or set CHROME_PATH to its executable.");
  return found;
}

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {import("playwright-core").LaunchOptions} LaunchOptions */

/**
 * Starts a headless browser of the engine in `FAL_ENGINE` (`chromium`, `firefox` or `webkit`). It has playwright's API. The
 * caller closes it.
 * @param {LaunchOptions} [options]
 * @returns {Promise<Browser>}
 */
export async function launchBrowser(options = {}) {
  if (engine !== "chromium" && options.args) throw new Error(`Switches for Chromium, and the engine is ${engine}: name the file in scripts/test-engines.mjs.`);
  if (engine === "firefox") return waitLonger(await launchFirefox());
  // The WebKit driver implements only the part of the API that the tests use.
  if (engine === "webkit") return /** @type {Browser} */ (/** @type {unknown} */ (await launchWebKit()));
  return waitLonger(await launchChromium(options));
}

/**
 * Makes playwright wait for conditions as long as all tests do.
 * @param {Browser} browser
 */
function waitLonger(browser) {
  const { newContext } = browser;
  browser.newContext = async (...given) => {
    const context = await newContext.apply(browser, given);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}

/** @param {LaunchOptions} options */
function launchChromium(options) {
  // Containers run tests as root, and Chromium refuses to sandbox itself as root.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({
    executablePath: findChromium(),
    ...options,
    args: [
      ...asRoot,
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(options.args ?? []),
    ],
  });
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
