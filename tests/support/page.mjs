// Opens pages in fresh browser contexts, and collects their errors.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { startEmulator } from "./emulator.mjs";
import { engine } from "./engines/limits.mjs";
import { PATIENCE_MS } from "./patience.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContextOptions} ContextOptions */
/** @typedef {Awaited<ReturnType<typeof openPage>>} View */
/** @typedef {ReturnType<typeof partsOf>} Parts */

/**
 * Starts an emulator and a browser before the tests of the calling file, and stops them after. After each test, the console
 * must have no errors, and the emulator's faults, holds and requests are cleared.
 * @param {string[]} args the emulator's
 * @param {(started: { emulator: import("./emulator.mjs").Emulator, show: (url: string, options?: ContextOptions) => Promise<View> }) => void} take
 * is given both; `show` is `openPage` in that browser, closed after the test
 */
export function withPages(args, take) {
  /** @type {import("./emulator.mjs").Emulator} */
  let emulator;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {View[]} */
  let opened = [];
  before(async () => {
    emulator = await startEmulator({ args });
    browser = await launchBrowser();
    /** @type {(url: string, options?: ContextOptions) => Promise<View>} */
    const show = async (url, options) => {
      const view = await openPage(browser, url, options);
      opened.push(view);
      return view;
    };
    take({ emulator, show });
  });
  after(async () => {
    await browser?.close();
    await emulator?.stop();
  });
  afterEach(async () => {
    await Promise.all(opened.map(({ close }) => close()));
    const complaints = opened.flatMap(({ complaints }) => complaints);
    opened = [];
    await emulator.clearFaults();
    await emulator.releaseAll();
    await emulator.clearRequests();
    assert.deepEqual(complaints, [], "the console stays silent");
  });
}

/**
 * Opens the page at `url`. Besides `page`, the result has
 * - `complaints`: console errors, uncaught errors and CSP violations. No test may cause any
 * - `close()`: closes the context
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {ContextOptions} [options]
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  await page.exposeFunction("complain", (/** @type {string} */ text) => complaints.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.complain(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** How the browser says on the console that a load failed. Firefox has words of its own. */
const FAILED_LOAD = engine === "chromium" ? /^Failed to load resource/ : /^(Failed to load resource|Loading (failed|module))/;

/**
 * Ignores failed loads: the browser writes refused requests to the console as errors.
 * @param {Pick<View, "complaints">} view
 */
export function expectFailedLoads({ complaints }) {
  complaints.splice(0, Infinity, ...complaints.filter((text) => !FAILED_LOAD.test(text)));
}

/**
 * The parts of the page, found by the names that a person sees or hears.
 * @param {Page} page
 */
export function partsOf(page) {
  const button = (/** @type {string} */ name) => page.getByRole("button", { name, exact: true });
  const radio = (/** @type {string} */ name) => page.getByRole("radio", { name, exact: true });
  const field = (/** @type {string} */ name) => page.getByLabel(name, { exact: true });
  return {
    button,
    radio,
    field,
    tab: (/** @type {string} */ name) => page.getByRole("tab", { name, exact: true }),
    image: field("Image"),
    chosen: (/** @type {string | RegExp} */ words) => page.locator("#image-chosen").filter({ hasText: words }),
    prompt: field("Prompt"),
    generate: button("Generate"),
    cancel: button("Cancel"),
    video: page.locator("video"),
    voice: page.getByRole("status"),
    problem: page.locator("#problem"),
    snippet: page.locator("pre code"),
    /** Opens the settings that few need. */
    openMore: () => page.locator("#more").evaluate((/** @type {HTMLDetailsElement} */ more) => void (more.open = true)),
    /** Takes the sample photo and its prompt away. */
    clear: async () => {
      await page.locator("#image-chosen").filter({ hasText: "lake-at-dusk.jpg" }).waitFor();
      await button("Remove").click();
      await field("Prompt").fill("");
    },
  };
}

/**
 * Waits until the video really plays. Resolves with its dimensions and its times.
 * @param {Page} page
 */
export async function untilPlaying(page, { timeout = PATIENCE_MS } = {}) {
  await page.waitForFunction(() => Number(document.querySelector("video")?.currentTime) > 0.3, null, { timeout });
  return videoFacts(page);
}

/**
 * The video's `{ width, height, duration, paused, src }`.
 * @param {Page} page
 */
export function videoFacts(page) {
  return page.locator("video").evaluate((/** @type {HTMLVideoElement} */ video) => ({
    width: video.videoWidth,
    height: video.videoHeight,
    duration: video.duration,
    paused: video.paused,
    src: video.src,
  }));
}

/**
 * By how many pixels the page is wider than its window. 0 if it does not scroll sideways.
 * @param {Page} page
 */
export const widthOverflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * The page's unfinished jobs, as the client has saved them.
 * @param {Page} page
 * @returns {Promise<import("fal-wasm").PendingEntry[]>}
 */
export function noted(page) {
  return page.evaluate(async () => {
    // Do not open a missing database: opening it would create it, without the client's object store.
    if (!(await indexedDB.databases()).some(({ name }) => name === "fal-wasm")) return [];
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await answer(indexedDB.open("fal-wasm"));
    const entries = await answer(database.transaction("pending").objectStore("pending").getAll());
    database.close();
    return entries;
  });
}

/**
 * Makes the emulator at `url` answer for fal's hosts. The video is on a host of its own, as fal's videos are.
 * @param {Page} page
 * @param {string} url
 */
export async function actAsFal(page, url) {
  await page.route(/^https:\/\/([\w-]+\.)?fal\.(run|ai)\//, async (route) => {
    const { host, pathname, search } = new URL(route.request().url());
    const response = await route.fetch({ url: `${url}/${host}${pathname}${search}` });
    const body = (await response.text()).replace(/http:\/\/[^"/]+(?=\/[^"]+\.mp4)/, "https://v3b.fal.media");
    await route.fulfill({ response, body });
  });
  await page.route("https://v3b.fal.media/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: url + pathname }) });
  });
}
