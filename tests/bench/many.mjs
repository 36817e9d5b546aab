// Many jobs at once in one page: over HTTP/2, which production uses, and over HTTP/1.1.
import { startTlsFront } from "../support/tls-front.mjs";
import { inPage } from "./bench.mjs";
import { endOf, followJobs, lengthsOf } from "./jobs.mjs";
import { alternate, median, medians } from "./rounds.mjs";

/** The lanes in their default mode, and in streaming mode. The floor always streams. */
const BY_DEFAULT = { floor: { lane: "floor" }, theirs: { lane: "theirs" }, ours: { lane: "ours" } };
const ALL = { ...BY_DEFAULT, "theirs, streaming": { lane: "theirs", mode: "streaming" }, "ours, streaming": { lane: "ours", mode: "streaming" } };

export const rows = [
  { id: "many", what: "40 jobs at once over HTTP/2: from a job's end to `subscribe` resolving, by default", unit: "ms", aim: { most: 12 } },
  { id: "many-streaming", what: 'the same with `mode: "streaming"`', unit: "ms", aim: { most: 12 } },
  { id: "many-requests", what: "requests for each of these jobs, by default", unit: "requests", aim: { most: 3 } },
  { id: "many-requests-streaming", what: 'the same with `mode: "streaming"`', unit: "requests", aim: { most: 3 } },
  { id: "many-cpu", what: "the main thread's CPU for each of these jobs, by default", unit: "ms" },
  { id: "many-cpu-streaming", what: 'the same with `mode: "streaming"`', unit: "ms" },
  { id: "many-plain", what: "40 jobs at once over HTTP/1.1: from a job's end to `subscribe` resolving, by default", unit: "ms" },
  { id: "many-plain-requests", what: "requests for each of these jobs, by default", unit: "requests" },
];

export async function measure(bench) {
  const shared = split(await measureOver(bench, "2", ALL));
  const plain = split(await measureOver(bench, "1.1", BY_DEFAULT));
  const late = (samples) => medians(samples, ({ late }) => median(late));
  const requests = (samples) => medians(samples, ({ requests }) => requests);
  const cpu = (samples) => medians(samples, ({ cpu }) => cpu);
  return {
    many: late(shared.byDefault),
    "many-streaming": late(shared.streaming),
    "many-requests": requests(shared.byDefault),
    "many-requests-streaming": requests(shared.streaming),
    "many-cpu": cpu(shared.byDefault),
    "many-cpu-streaming": cpu(shared.streaming),
    "many-plain": late(plain.byDefault),
    "many-plain-requests": requests(plain.byDefault),
  };
}

async function measureOver(bench, version, followers) {
  const front = await startTlsFront({ upstream: bench.emulator.url, version });
  try {
    return await alternate(Object.keys(followers), bench.size.many.times, (name) => sample(bench, followers[name], front.url));
  } finally {
    await front.stop();
  }
}

/** @param {Record<string, import("./rounds.mjs").Sampled>} sampled */
function split({ floor, theirs, ours, ...more }) {
  return { byDefault: { floor, theirs, ours }, streaming: { floor, theirs: more["theirs, streaming"], ours: more["ours, streaming"] } };
}

function sample(bench, { lane, mode }, origin) {
  const lengths = lengthsOf(bench.size.many);
  const work = async (view) => {
    // The first job loads and compiles the code. It is not measured.
    await followJobs(view, mode, [10]);
    await bench.emulator.clearRequests();
    const before = await view.cpu_ms();
    const jobs = await followJobs(view, mode, lengths);
    const cpu = ((await view.cpu_ms()) - before) / jobs.length;
    const requests = (await bench.emulator.requests()).filter(({ target }) => target !== null).length / jobs.length;
    const late = [];
    for (const { requestId, at } of jobs) late.push(at - (await endOf(bench, requestId)));
    return { late, cpu, requests, did: { jobs: jobs.length } };
  };
  return inPage(bench, lane, work, origin);
}
