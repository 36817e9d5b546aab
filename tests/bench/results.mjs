// A large result: fetches and parses 10 MB of JSON.
import { inPage } from "./bench.mjs";
import { LANES } from "./packages.mjs";
import { alternate, longTasks, medians } from "./rounds.mjs";

export const rows = [
  { id: "result", what: "a result of 10 MB of JSON", unit: "ms", aim: { most: 1.02, of: "floor" } },
  { id: "result-tasks", what: "tasks of over 50 ms in that", unit: "tasks" },
];

export async function measure(bench) {
  const requestId = await inPage(bench, "floor", (view) => view.run(makeOne, bench.resultId));
  const one = (view) => sample(view, { id: bench.resultId, requestId });
  const sampled = await alternate(LANES, bench.size.results.times, (lane) => inPage(bench, lane, one));
  return { result: medians(sampled, ({ ms }) => ms), "result-tasks": longTasks(sampled) };
}

const makeOne = async (id) => (await fal.subscribe(id, { input: {} })).requestId;

async function sample(view, job) {
  // The first call loads code. Only the second one is measured.
  await view.run(async ({ id, requestId }) => void (await fal.queue.status(id, { requestId })), job);
  await view.run(() => window.meter.start());
  const { ms, did } = await view.run(async ({ id, requestId }) => {
    const from = performance.now();
    const { data } = await fal.queue.result(id, { requestId });
    const ms = performance.now() - from;
    // Count the bytes later: writing the data as JSON is a long task itself.
    window.data = data;
    return { ms, did: { items: data.items.length } };
  }, job);
  const tasks = await view.tasks();
  const bytes = await view.run(() => JSON.stringify(window.data).length);
  return { ms, tasks, did: { ...did, bytes } };
}
