// Cold start: the time from the request for a page until its app's first submit reaches the server, with an empty cache.
// This package is measured twice: as `fal-wasm`, which loads its WebAssembly at the first call, and as `fal-wasm/inline`,
// which contains it, for pages that make a call at once.
import { startFront } from "./front.mjs";
import { meter } from "./page/meter.mjs";
import { COLD_LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

const MBIT = 1_000_000 / 8;
const GIVES_UP_MS = 20_000;
const asOfficial = { most: 1, of: "theirs" };

export const rows = [
  { id: "cold", what: "cold start: from the page's request to its first submit at the server", unit: "ms", aim: asOfficial },
  { id: "cold-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "cold-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
  { id: "cold-tasks", what: "tasks of over 50 ms in that", unit: "tasks" },
  { id: "cold-inline", what: "cold start with `fal-wasm/inline`", unit: "ms", aim: asOfficial },
  { id: "cold-inline-network", what: "the same at 10 Mbit/s and 40 ms of latency", unit: "ms", aim: asOfficial },
  { id: "cold-inline-cpu", what: "the same with a CPU 4 × slower", unit: "ms", aim: asOfficial },
];

export async function measure(bench) {
  const { times } = bench.size.cold;
  const front = await startFront(bench.pages, bench.emulator.url);
  try {
    const plain = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, () => {}));
    const network = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, slowNetwork));
    const cpu = await alternate(COLD_LANES, times, (lane) => start(bench, front, lane, slowCpu));
    const ms = (sample) => sample.ms;
    return {
      cold: medians(asInstalled(plain), ms),
      "cold-network": medians(asInstalled(network), ms),
      "cold-cpu": medians(asInstalled(cpu), ms),
      "cold-tasks": longTasks(asInstalled(cpu)),
      "cold-inline": medians(asInline(plain), ms),
      "cold-inline-network": medians(asInline(network), ms),
      "cold-inline-cpu": medians(asInline(cpu), ms),
    };
  } finally {
    await front.stop();
  }
}

/**
 * The samples of `fal-wasm` itself.
 * @param {Record<string, import("./rounds.mjs").Sampled>} sampled
 */
const asInstalled = ({ floor, theirs, ours }) => ({ floor, theirs, ours });

/**
 * The samples of `fal-wasm/inline`.
 * @param {Record<string, import("./rounds.mjs").Sampled>} sampled
 */
const asInline = ({ floor, theirs, inline }) => ({ floor, theirs, ours: inline });

/** Opens the page once in a fresh context, without a cache, connections or compiled code. */
async function start(bench, front, lane, hinder) {
  const context = await bench.browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(meter);
    await hinder(await context.newCDPSession(page));
    const path = `/${lane}/cold.html`;
    const submitted = front.next(path);
    await page.goto(`${front.url}${path}`, { waitUntil: "commit" });
    const { ms, body } = await within(GIVES_UP_MS, submitted);
    return { ms, did: JSON.parse(body), tasks: await page.evaluate(() => window.meter.tasks()) };
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
