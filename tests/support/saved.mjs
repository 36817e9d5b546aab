// A browser whose pages save their requests, as an app with `persist` does. Only real tabs have locks, a database and reloads.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startClient } from "./client.mjs";
import { speedUpClock } from "./clock.mjs";
import { BLANK_PAGE } from "./emulator.mjs";
import { startBeforeTests } from "./started.mjs";

/** How long `acme/slow` runs, unless `how` in its input is `quick`, `endless` or `held`. With `held` it logs "held" at once. */
export const RUN_MS = 1_000;

const ENDPOINT = {
  endpoint_id: "acme/slow",
  queue_ms: 0,
  run_ms: RUN_MS,
  output: { answer: 42 },
  cases: [
    { when: { how: "quick" }, queue_ms: 0, run_ms: 50, output: { answer: 42 } },
    { when: { how: "endless" }, queue_ms: 0, run_ms: 600_000, output: { answer: 42 } },
    { when: { how: "held" }, queue_ms: 0, run_ms: 50, logs: [{ at_ms: 0, message: "held" }], output: { answer: 42 } },
    { when: { how: "refused" }, queue_ms: 0, run_ms: 50, error: { status: 422, body: { detail: [{ loc: ["body", "how"], msg: "no", type: "value_error" }] } } },
  ],
};

/** @typedef {Awaited<ReturnType<typeof startSaving>>} SavingClient */

/**
 * As `startClient`, with the endpoint `acme/slow` and the endpoints of `more`, by their file names. Also has
 *
 * - `arrive(page?, { speed })`: loads the page again, as a reload does, with a `fal` that saves its requests. The page has
 *   `begin(options)`, which subscribes and resolves with the request id (`job` is the call), `caught(error)`,
 *   `settled(promise)`, `memoryStore()`, and `later(ms)`, which moves the clock forward
 * - `inPage(script, argument)`: runs a function in the page
 * - `anotherTab()`: opens a second tab of the same origin
 * - `holdJobs()`: holds jobs with the input `{ how: "held" }` until the test releases them. `holdSubmits()`: does the same with
 *   submits of `acme/slow`
 * - `start()`: deletes everything that is saved, and loads the page; for `beforeEach`
 * @param {Record<string, object>} more
 */
export async function startSaving(more = {}) {
  const endpoints = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-endpoints-"));
  for (const [name, endpoint] of Object.entries({ slow: ENDPOINT, ...more })) writeFileSync(path.join(endpoints, `${name}.json`), JSON.stringify(endpoint));
  // Many jobs may run at once: jobs of earlier tests that were never cancelled keep running.
  const client = await startClient({ args: ["--endpoints", endpoints, "--concurrency", "100"] });
  /** @type {import("playwright-core").Page[]} */
  let tabs = [];

  async function arrive(page = client.page, { speed = 1 } = {}) {
    await page.goto(`${client.emulator.url}${BLANK_PAGE}`);
    if (speed !== 1) await page.evaluate(speedUpClock, speed);
    await page.evaluate(prepare);
  }

  async function anotherTab() {
    const tab = await client.page.context().newPage();
    tabs.push(tab);
    await arrive(tab);
    return tab;
  }

  async function start() {
    await Promise.all(tabs.map((tab) => tab.close()));
    tabs = [];
    await client.emulator.clearPlan();
    await client.emulator.clearFaults();
    await client.emulator.releaseAll();
    await arrive();
    await client.page.evaluate(empty);
    await arrive();
    await client.emulator.clearRequests();
    client.unhandled.length = 0;
  }

  return {
    ...client,
    arrive,
    anotherTab,
    start,
    /** @type {import("playwright-core").Page["evaluate"]} */
    inPage: (/** @type {any} */ script, /** @type {any} */ argument) => client.page.evaluate(script, argument),
    submits: async () => (await client.sent("acme/slow")).filter(({ method, target = "" }) => method === "POST" && target.endsWith("acme/slow")),
    cancels: () => client.sent("/cancel"),
    holdJobs: () => client.emulator.hold({ log_contains: "held" }),
    holdSubmits: () => client.emulator.hold({ method: "POST", path_contains: "acme/slow" }),
    async stop() {
      await client.stop();
      rmSync(endpoints, { recursive: true, force: true });
    },
  };
}

/**
 * A saving client that is started before the tests of a file, and stopped after them.
 * @param {Parameters<typeof startSaving>[0]} [more]
 */
export const withSaving = (more) => startBeforeTests(() => startSaving(more));

/**
 * How many calls, in all tabs, wait for a call of another tab.
 * @param {import("playwright-core").Page} page
 */
export const countWaiting = (page) => page.evaluate(async () => Number((await navigator.locks.query()).pending?.length));

async function prepare() {
  const library = await import("/fal-wasm/index.js");
  Object.assign(window, library, { library, seen: [] });
  fal.config({ proxyUrl: "/api/fal/proxy", persist: true, retry: { baseDelay: 20, maxRetries: 1 } });
  window.caught = ({ name, message, code, status, requestId, jobMayExist }) => ({ name, message, code, status, requestId, jobMayExist });
  window.settled = (promise) => promise.then(({ data }) => data, caught);
  window.begin = (/** @type {object | undefined} */ options) =>
    new Promise((onEnqueue, reject) => {
      window.job = fal.subscribe("acme/slow", { input: {}, onEnqueue, ...options }).catch(caught);
      void window.job.then(reject);
    });
  window.later = (ms) => {
    const { now } = Date;
    Date.now = () => now() + ms;
  };
  window.memoryStore = () => {
    /** @type {Map<string, import("fal-wasm").PendingEntry>} */
    const kept = new Map();
    return { kept, list: () => [...kept.values()], put: (entry) => void kept.set(entry.requestId, entry), delete: (id) => void kept.delete(id) };
  };
}

/** Deletes all saved requests. */
async function empty() {
  const deleted = indexedDB.deleteDatabase("fal-wasm");
  await new Promise((resolve, reject) => {
    deleted.onsuccess = resolve;
    deleted.onerror = () => reject(deleted.error ?? new Error("not deleted"));
  });
}
