// Measures the cost of one call: requests the same status again and again.
import { inPage } from "./bench.mjs";
import { LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

const ID = "emulator/echo";
/** Calls before the measurement, in which the browser loads and compiles the code. */
const WARM = 20;

export const rows = [
  { id: "call", what: "a status call, of 500 in sequence", unit: "ms", aim: { most: 1.05, of: "floor" } },
  { id: "call-cpu", what: "the main thread's CPU for it", unit: "ms", aim: { most: 1.15, of: "floor" } },
  { id: "call-tasks", what: "tasks of over 50 ms in these", unit: "tasks" },
];

export async function measure(bench) {
  const { times, calls } = bench.size.calls;
  const sampled = await alternate(LANES, times, (lane) => inPage(bench, lane, (view) => sample(view, calls)));
  return {
    call: medians(sampled, ({ ms }) => ms / calls),
    "call-cpu": medians(sampled, ({ cpu }) => cpu / calls),
    "call-tasks": longTasks(sampled),
  };
}

async function sample(view, calls) {
  const requestId = await view.run(async (id) => (await fal.queue.submit(id, { input: {} })).request_id, ID);
  const ask = (count) => view.run(askInPage, { id: ID, requestId, count });
  await ask(WARM);
  await view.run(() => window.meter.start());
  const before = await view.cpu_ms();
  const { ms, completed } = await ask(calls);
  const cpu = (await view.cpu_ms()) - before;
  return { ms, cpu, did: { completed }, tasks: await view.tasks() };
}

async function askInPage({ id, requestId, count }) {
  const from = performance.now();
  let completed = 0;
  for (let n = 0; n < count; n += 1) {
    const { status } = await fal.queue.status(id, { requestId });
    if (status === "COMPLETED") completed += 1;
  }
  return { ms: performance.now() - from, completed };
}
