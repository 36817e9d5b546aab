// A stream of 5,000 events in one burst, read by a listener and by a loop.
import { inPage } from "./bench.mjs";
import { LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

const half = { least: 0.5, of: "floor" };

export const rows = [
  { id: "heard", what: '5,000 events in one burst, `on("data")`', unit: "events/s", aim: half },
  { id: "heard-tasks", what: "tasks of over 50 ms in that", unit: "tasks", aim: { most: 0 } },
  { id: "iterated", what: "5,000 events in one burst, `for await`", unit: "events/s", aim: half },
  { id: "iterated-tasks", what: "tasks of over 50 ms in that", unit: "tasks", aim: { most: 0 } },
];

export async function measure(bench) {
  const { times, events } = bench.size.streams;
  const take = (work) => alternate(LANES, times, (lane) => inPage(bench, lane, (view) => sample(view, work, events)));
  const heard = await take(hear);
  const iterated = await take(iterate);
  const rate = ({ ms }) => events / (ms / 1000);
  return {
    heard: medians(heard, rate),
    "heard-tasks": longTasks(heard),
    iterated: medians(iterated, rate),
    "iterated-tasks": longTasks(iterated),
  };
}

async function sample(view, work, events) {
  // A short stream first, which loads the code.
  await view.run(work, 10);
  await view.run(() => window.meter.start());
  const { ms, did } = await view.run(work, events);
  return { ms, did, tasks: await view.tasks() };
}

async function hear(events) {
  const from = performance.now();
  const stream = await fal.stream("emulator/stream", { input: { events } });
  let count = 0;
  let sum = 0;
  stream.on("data", ({ index }) => {
    count += 1;
    sum += index;
  });
  await stream.done();
  return { ms: performance.now() - from, did: { count, sum } };
}

async function iterate(events) {
  const from = performance.now();
  let count = 0;
  let sum = 0;
  for await (const { index } of await fal.stream("emulator/stream", { input: { events } })) {
    count += 1;
    sum += index;
  }
  return { ms: performance.now() - from, did: { count, sum } };
}
