// Measures how late `subscribe` resolves after a job's end, and how many requests it makes.
import { inPage } from "./bench.mjs";
import { endOf, followJobs, lengthsOf } from "./jobs.mjs";
import { median } from "./rounds.mjs";

/** The lanes in their default mode, and in streaming mode. The floor always streams. */
const DEFAULT = { floor: { lane: "floor" }, theirs: { lane: "theirs" }, ours: { lane: "ours" } };
const STREAMING = { theirs: { lane: "theirs", mode: "streaming" }, ours: { lane: "ours", mode: "streaming" } };

export const rows = [
  { id: "end", what: "from a job's end to `subscribe` resolving, by default; 30 jobs of random length", unit: "ms", aim: { most: 12 } },
  { id: "end-streaming", what: 'the same with `mode: "streaming"`', unit: "ms" },
  { id: "requests", what: "requests for a job of 10 s, by default", unit: "requests", aim: { most: 3 } },
  { id: "requests-streaming", what: 'the same with `mode: "streaming"`', unit: "requests" },
  { id: "follow-tasks", what: "tasks of over 50 ms while a page follows the 30 jobs, by default", unit: "tasks" },
];

export async function measure(bench) {
  const { long_job_ms, ...sizes } = bench.size.latency;
  const lengths = lengthsOf(sizes);
  const followed = await inBothModes((follower, at) => followAll(bench, follower, rotate(lengths, at * 7)));
  const counted = await inBothModes((follower) => countRequests(bench, follower, long_job_ms));
  const late = (cells) => each(cells, ({ late, did }) => ({ value: median(late), of: late.length, did }));
  const tasks = ({ tasks, did }) => ({ value: tasks.count, note: tasks.count ? `longest ${Math.round(tasks.longest)} ms` : undefined, of: 1, did });
  return {
    end: late(followed.byDefault),
    "end-streaming": late(followed.streaming),
    requests: counted.byDefault,
    "requests-streaming": counted.streaming,
    "follow-tasks": each(followed.byDefault, tasks),
  };
}

/** Runs all followers at the same time. They mostly wait, so this takes no longer than one of them. */
async function inBothModes(work) {
  const followers = [...Object.values(DEFAULT), ...Object.values(STREAMING)];
  const [floor, theirs, ours, theirStreaming, ourStreaming] = await Promise.all(followers.map(orFailure(work)));
  return { byDefault: { floor, theirs, ours }, streaming: { floor, theirs: theirStreaming, ours: ourStreaming } };
}

const orFailure = (work) => (follower, at) => work(follower, at).catch((error) => ({ failed: error.message.split("\n")[0] }));
const each = (cells, map) => Object.fromEntries(Object.entries(cells).map(([lane, cell]) => [lane, cell.failed ? cell : map(cell)]));

async function followAll(bench, { lane, mode }, lengths) {
  return inPage(bench, lane, async (view) => {
    await followJobs(view, mode, [10]);
    await view.run(() => window.meter.start());
    const late = [];
    for (const length of lengths) {
      const [{ requestId, at }] = await followJobs(view, mode, [length]);
      late.push(at - (await endOf(bench, requestId)));
    }
    return { late, did: { jobs: lengths.toSorted((a, b) => a - b) }, tasks: await view.tasks() };
  });
}

async function countRequests(bench, { lane, mode }, delay_ms) {
  return inPage(bench, lane, async (view) => {
    const [{ requestId }] = await followJobs(view, mode, [delay_ms]);
    const seen = await bench.emulator.requests();
    const followUps = seen.filter(({ target }) => target?.includes(requestId));
    return { value: 1 + followUps.length, of: 1, did: { delay_ms } };
  });
}

const rotate = (list, by) => list.map((_, at) => list[(at + by) % list.length]);
