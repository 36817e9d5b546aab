// Uploads: a file in one piece and a file in parts, with latency and with failures.
import { inPage } from "./bench.mjs";
import { peakMemory } from "./memory.mjs";
import { LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

const PART_SIZE = 10 * 1024 * 1024;
const nearFloor = { most: 1.15, of: "floor" };

export const rows = [
  { id: "small", what: "upload of 8 MB", unit: "ms", aim: nearFloor },
  { id: "small-latency", what: "upload of 8 MB, 50 ms of latency per request", unit: "ms", aim: nearFloor },
  { id: "small-failing", what: "upload of 8 MB whose bytes are refused once, with a 503", unit: "ms" },
  { id: "large", what: "upload of 200 MB", unit: "ms", aim: nearFloor },
  { id: "large-latency", what: "upload of 200 MB, 50 ms of latency per request", unit: "ms", aim: nearFloor },
  { id: "large-failing", what: "upload of 200 MB, one part in five refused once, with a 503", unit: "ms" },
  { id: "large-memory", what: "peak of the page's JavaScript heap and WebAssembly during the upload of 200 MB", unit: "MB" },
  { id: "large-tasks", what: "tasks of over 50 ms in that upload", unit: "tasks", aim: { most: 0 } },
];

export async function measure(bench) {
  const { small, large } = bench.size.uploads;
  const files = { small: bench.file(small.megabytes), large: bench.file(large.megabytes) };
  const take = (file, times, plan) => alternate(LANES, times, (lane) => inPage(bench, lane, (view) => sample(bench, view, file, plan)));
  const one = await take(files.small, small.times, {});
  const oneLate = await take(files.small, Math.min(small.times, 5), { faults: [latency] });
  const oneFailing = await take(files.small, Math.min(small.times, 3), { faults: [refusal("")] });
  const parts = await take(files.large, large.times, {});
  const partsLate = await take(files.large, large.times, { faults: [latency] });
  const partsFailing = await take(files.large, Math.min(large.times, 3), { faults: everyFifth(large.megabytes) });
  const watched = await take(files.large, Math.min(large.times, 2), { watch: peakMemory });
  const ms = (sample) => sample.ms;
  return {
    small: medians(one, ms),
    "small-latency": medians(oneLate, ms),
    "small-failing": medians(oneFailing, ms),
    large: medians(parts, ms),
    "large-latency": medians(partsLate, ms),
    "large-failing": medians(partsFailing, ms),
    "large-memory": medians(watched, ({ peak }) => peak / 1_000_000),
    "large-tasks": longTasks(parts),
  };
}

/** Delays every request at the emulator before it reads the request. */
const latency = { delay_ms: 50, times: 1_000_000 };
/** Lets the bytes arrive, and then answers once with a 503. */
const refusal = (part) => ({ method: "PUT", path_contains: part, times: 1, status: 503, after: true });

function everyFifth(megabytes) {
  const count = Math.ceil((megabytes * 1_000_000) / PART_SIZE);
  const numbers = Array.from({ length: Math.floor(count / 5) }, (_, at) => 5 * (at + 1));
  return numbers.map((number) => refusal(`/${number}?`));
}

/** Uploads a file from the disk once. `watch(view)` may start a measurement, which is stopped after the upload. */
async function sample(bench, view, file, { faults = [], watch }) {
  const { emulator } = bench;
  await view.page.setInputFiles("input", file);
  // This call loads the code. The cost of a first call is measured elsewhere.
  await view.run(async () => void (await fal.queue.submit("emulator/echo", { input: {} })));
  await view.run(() => window.meter.start());
  const watched = watch?.(view);
  try {
    for (const fault of faults) await emulator.fault(fault);
    const { ms, url } = await view.run(upload);
    await emulator.clearFaults();
    const stored = await fetch(url, { method: "HEAD" });
    const did = { bytes: Number(stored.headers.get("content-length")) };
    return { ms, did, tasks: await view.tasks(), ...(await watched?.stop()) };
  } finally {
    await watched?.stop();
    await emulator.clearFaults();
    bench.forgetFiles();
  }
}

async function upload() {
  const input = /** @type {HTMLInputElement} */ (document.querySelector("input"));
  const [file] = /** @type {FileList} */ (input.files);
  const from = performance.now();
  const url = await fal.storage.upload(file);
  return { ms: performance.now() - from, url };
}
