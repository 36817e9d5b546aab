// A stream of 5,000 events: in one burst, read by a listener and by a loop; and in chunks of 8 KB, as a model sends them
// while it works.
import { inPage } from "./bench.mjs";
import { CHUNKS_ID, startFront } from "./front.mjs";
import { LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

/** The events of a second, to the floor's: the inverse of 1.5 times its time. */
const asFast = { least: 0.67, of: "floor" };

export const rows = [
  { id: "heard", what: '5,000 events in one burst, `on("data")`', unit: "events/s", aim: asFast },
  { id: "heard-tasks", what: "tasks of over 50 ms in that", unit: "tasks", aim: { most: 0 } },
  { id: "iterated", what: "5,000 events in one burst, `for await`", unit: "events/s", aim: asFast },
  { id: "iterated-tasks", what: "tasks of over 50 ms in that", unit: "tasks", aim: { most: 0 } },
  { id: "chunked-cpu", what: '5,000 events in chunks of 8 KB, `on("data")`: the main thread\'s CPU', unit: "ms", aim: { most: 1.3, of: "floor" } },
];

export async function measure(bench) {
  const { times, events } = bench.size.streams;
  const take = (work) => alternate(LANES, times, (lane) => inPage(bench, lane, (view) => sample(view, work, "emulator/stream", events)));
  const heard = await take(hear);
  const iterated = await take(iterate);
  const chunked = await inChunks(bench);
  const rate = ({ ms }) => events / (ms / 1000);
  return {
    heard: medians(heard, rate),
    "heard-tasks": longTasks(heard),
    iterated: medians(iterated, rate),
    "iterated-tasks": longTasks(iterated),
    "chunked-cpu": medians(chunked, ({ cpu }) => cpu),
  };
}

/** Samples of a server that sends the events in chunks, in place of the emulator. */
async function inChunks(bench) {
  const { times, events } = bench.size.streams;
  const front = await startFront(bench.pages, bench.emulator.url);
  try {
    return await alternate(LANES, times, (lane) => inPage(bench, lane, (view) => sample(view, hear, CHUNKS_ID, events), front.url));
  } finally {
    await front.stop();
  }
}

async function sample(view, work, id, events) {
  // A short stream first, which loads the code.
  await view.run(work, { id, events: 10 });
  await view.run(() => window.meter.start());
  const before = await view.cpu_ms();
  const { ms, did } = await view.run(work, { id, events });
  const cpu = (await view.cpu_ms()) - before;
  return { ms, cpu, did, tasks: await view.tasks() };
}

async function hear({ id, events }) {
  const from = performance.now();
  const stream = await fal.stream(id, { input: { events } });
  let count = 0;
  let sum = 0;
  stream.on("data", ({ index }) => {
    count += 1;
    sum += index;
  });
  await stream.done();
  return { ms: performance.now() - from, did: { count, sum } };
}

async function iterate({ id, events }) {
  const from = performance.now();
  let count = 0;
  let sum = 0;
  for await (const { index } of await fal.stream(id, { input: { events } })) {
    count += 1;
    sum += index;
  }
  return { ms: performance.now() - from, did: { count, sum } };
}
