// Cold start: the time from the request for a page until its app's first submit reaches the server, with an empty cache.
// This package is measured three times: as `fal-wasm` in a bundle, which loads its core at the first call; as files of a CDN, with
// links by which the browser fetches the core at once; and as `fal-wasm/inline` in a bundle, which contains the core.
// Most pages make their first call when somebody presses a button. For these, the time from the press to the submit counts.
import { startFront } from "./front.mjs";
import { meter } from "./page/meter.mjs";
import { COLD_LANES, LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

const MBIT = 1_000_000 / 8;
const GIVES_UP_MS = 20_000;
const asOfficial = { most: 1, of: "theirs" };

export const rows = [
  { id: "cold", what: "cold start: from the page's request to its first submit at the server", unit: "ms", aim: asOfficial },
  { id: "cold-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "cold-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
  { id: "cold-tasks", what: "tasks of over 50 ms in that", unit: "tasks" },
  { id: "cold-linked", what: "cold start from the package's own files, with `modulepreload` links", unit: "ms", aim: asOfficial },
  { id: "cold-linked-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "cold-linked-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
  { id: "cold-inline", what: "cold start with `fal-wasm/inline`", unit: "ms", aim: asOfficial },
  { id: "cold-inline-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "cold-inline-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
  { id: "press", what: "first call of a page that called `preload()` when it started: from the press to the submit", unit: "ms", aim: asOfficial },
  { id: "press-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "press-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
];

export async function measure(bench) {
  const { times } = bench.size.cold;
  const front = await startFront(bench.pages, bench.emulator.url);
  try {
    const plain = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, () => {}));
    const network = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, slowNetwork));
    const cpu = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, slowCpu));
    const pressPlain = await alternate(LANES, times, (lane) => press(bench, front, lane, () => {}));
    const pressNetwork = await alternate(LANES, times, (lane) => press(bench, front, lane, slowNetwork));
    const pressCpu = await alternate(LANES, times, (lane) => press(bench, front, lane, slowCpu));
    const ms = (sample) => sample.ms;
    return {
      cold: medians(as("ours", plain), ms),
      "cold-network": medians(as("ours", network), ms),
      "cold-cpu": medians(as("ours", cpu), ms),
      "cold-tasks": longTasks(as("ours", cpu)),
      "cold-linked": medians(as("linked", plain), ms),
      "cold-linked-network": medians(as("linked", network), ms),
      "cold-linked-cpu": medians(as("linked", cpu), ms),
      "cold-inline": medians(as("inline", plain), ms),
      "cold-inline-network": medians(as("inline", network), ms),
      "cold-inline-cpu": medians(as("inline", cpu), ms),
      press: medians(pressPlain, ms),
      "press-network": medians(pressNetwork, ms),
      "press-cpu": medians(pressCpu, ms),
    };
  } finally {
    await front.stop();
  }
}

/**
 * The samples of this package in one of its forms.
 * @param {"ours" | "linked" | "inline"} form
 * @param {Record<string, import("./rounds.mjs").Sampled>} sampled
 */
const as = (form, { floor, theirs, [form]: ours }) => ({ floor, theirs, ours });

/** Opens the page that makes a call at once. */
function start(bench, front, lane, hinder) {
  return inFreshPage(bench, hinder, async (page) => {
    const path = `/${lane}/cold.html`;
    const submitted = front.next(path);
    await page.goto(`${front.url}${path}`, { waitUntil: "commit" });
    const { ms, body } = await within(GIVES_UP_MS, submitted);
    return { ms, did: JSON.parse(body), tasks: await page.evaluate(() => window.meter.tasks()) };
  });
}

/** Opens the page that makes a call at a press, and presses when it is ready. */
function press(bench, front, lane, hinder) {
  return inFreshPage(bench, hinder, async (page) => {
    const path = `/${lane}/press.html`;
    const submitted = front.next(path);
    await page.goto(`${front.url}${path}`);
    await page.waitForFunction(() => window.isReady);
    const ms = await within(GIVES_UP_MS, page.evaluate(pressOnce));
    return { ms, did: JSON.parse((await submitted).body) };
  });
}

/** Presses, and resolves with the time until the browser sends the submit, in ms. Runs in the page. */
function pressOnce() {
  return new Promise((resolve) => {
    const from = performance.now();
    new PerformanceObserver((list) => {
      const [submit] = /** @type {PerformanceResourceTiming[]} */ (list.getEntriesByName(new URL("/api/fal/proxy", location.href).href));
      if (submit) resolve(submit.requestStart - from);
    }).observe({ type: "resource" });
    window.press();
  });
}

/** Opens a page in a fresh context, without a cache, connections or compiled code. */
async function inFreshPage(bench, hinder, measureIn) {
  const context = await bench.browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(meter);
    await hinder(await context.newCDPSession(page));
    return await measureIn(page);
  } finally {
    await context.close();
  }
}

async function slowNetwork(devtools) {
  await devtools.send("Network.enable");
  const throughput = 10 * MBIT;
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 40,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  });
}

const slowCpu = (devtools) => devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });

function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no submit within ${ms} ms`)), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
