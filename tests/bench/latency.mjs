// Following jobs to their end: how late `subscribe` resolves, and how many requests it takes.
import { inPage } from "./bench.mjs";
import { median } from "./rounds.mjs";

const ID = "emulator/echo";
/** Lanes in their default mode, and in streaming mode. The floor always streams. */
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
  const { jobs, shortest_ms, longest_ms, long_job_ms } = bench.size.latency;
  const lengths = Array.from({ length: jobs }, (_, at) => Math.round(shortest_ms + (longest_ms - shortest_ms) * random(at)));
  const followed = await inBothModes((follower, at) => followAll(bench, follower, rotated(lengths, at * 7)));
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

/** All of them at the same time: nearly all of it is waiting, and so it takes no longer than one. */
async function inBothModes(work) {
  const followers = [...Object.values(DEFAULT), ...Object.values(STREAMING)];
  const [floor, theirs, ours, theirStreaming, ourStreaming] = await Promise.all(followers.map(orFailure(work)));
  return { byDefault: { floor, theirs, ours }, streaming: { floor, theirs: theirStreaming, ours: ourStreaming } };
}

const orFailure = (work) => (follower, at) => work(follower, at).catch((error) => ({ failed: error.message.split("\n")[0] }));
const each = (cells, map) => Object.fromEntries(Object.entries(cells).map(([lane, cell]) => [lane, cell.failed ? cell : map(cell)]));

/** Ends are told in wall-clock time: the job logs when it starts, and its status says how long it worked. */
async function followAll(bench, { lane, mode }, lengths) {
  return inPage(bench, lane, async (view) => {
    await view.run(follow, { id: ID, mode, delay_ms: 10 });
    await view.run(() => window.meter.start());
    const late = [];
    for (const delay_ms of lengths) {
      const { requestId, at } = await view.run(follow, { id: ID, mode, delay_ms });
      late.push(at - (await endOf(bench, requestId)));
    }
    return { late, did: { jobs: lengths.toSorted((a, b) => a - b) }, tasks: await view.tasks() };
  });
}

async function follow({ id, mode, delay_ms }) {
  const { requestId, data } = await fal.subscribe(id, { input: { delay_ms, logs: ["started"] }, ...(mode && { mode }) });
  const at = performance.timeOrigin + performance.now();
  if (data.body.delay_ms !== delay_ms) throw new Error("the result of another job");
  return { requestId, at };
}

async function endOf(bench, requestId) {
  const answer = await fetch(`${bench.emulator.url}/queue.fal.run/${ID}/requests/${requestId}/status?logs=1`);
  const { logs, metrics } = await answer.json();
  const [seconds, fraction] = logs[0].timestamp.split(".");
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000 + metrics.inference_time * 1000;
}

async function countRequests(bench, { lane, mode }, delay_ms) {
  return inPage(bench, lane, async (view) => {
    const { requestId } = await view.run(follow, { id: ID, mode, delay_ms });
    const seen = await bench.emulator.requests();
    const followUps = seen.filter(({ target }) => target?.includes(requestId));
    return { value: 1 + followUps.length, of: 1, did: { delay_ms } };
  });
}

const rotated = (list, by) => list.map((_, at) => list[(at + by) % list.length]);

/** The same lengths in every run: the fraction of multiples of the golden ratio. */
const random = (at) => (at * 0.618_033_988_75) % 1;
