// The browser that tests run in: the Chromium of this machine, wherever it is, or another engine.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { launchFirefox } from "./engines/firefox.mjs";
import { engine } from "./engines/limits.mjs";
import { launchWebKit } from "./engines/webkit.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = [
  "/usr/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium or Chrome; `CHROME_PATH` comes first. Throws, in one line, when there is none. */
export function findChromium() {
  const { CHROME_PATH, PATH = "" } = process.env;
  // A path that was asked for and is wrong must not be replaced by another browser in silence.
  if (CHROME_PATH && !isExecutable(CHROME_PATH)) throw new Error(`CHROME_PATH is ${CHROME_PATH}, which cannot be run.`);
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [CHROME_PATH, ...PLACES, ...onPath].find((path) => path && isExecutable(path));
  if (!found) throw new Error("No Chromium or Chrome was found: install one, or set CHROME_PATH to its executable.");
  return found;
}

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {import("playwright-core").LaunchOptions} LaunchOptions */

/**
 * A headless browser with playwright's API, of the engine in `FAL_ENGINE` (`chromium`, `firefox` or
 * `webkit`); the caller closes it.
 * @param {LaunchOptions} [options]
 * @returns {Promise<Browser>}
 */
export async function launchBrowser(options = {}) {
  if (engine !== "chromium" && options.args) throw new Error(`Switches for Chromium, and the engine is ${engine}: name the file in scripts/test-engines.mjs.`);
  if (engine === "firefox") return launchFirefox();
  // It has of this API what the tests use.
  if (engine === "webkit") return /** @type {Browser} */ (/** @type {unknown} */ (await launchWebKit()));
  return launchChromium(options);
}

/** @param {LaunchOptions} options */
function launchChromium(options) {
  // Chromium refuses to sandbox itself as root, which is how containers run tests.
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
