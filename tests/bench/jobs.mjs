// Jobs of a given length, followed until they end.

const ID = "emulator/echo";

/** Lengths in ms, the same in every run: the fractions of multiples of the golden ratio serve as random numbers. */
export function lengthsOf({ jobs, shortest_ms, longest_ms }) {
  const random = (at) => (at * 0.618_033_988_75) % 1;
  return Array.from({ length: jobs }, (_, at) => Math.round(shortest_ms + (longest_ms - shortest_ms) * random(at)));
}

/** Follows jobs of these lengths in the page, all at once. Each gives `{ requestId, at }`, `at` being the time of its result. */
export function followJobs(view, mode, lengths) {
  return view.run(follow, { id: ID, mode, lengths });
}

async function follow({ id, mode, lengths }) {
  const jobs = lengths.map(async (delay_ms) => {
    const { requestId, data } = await fal.subscribe(id, { input: { delay_ms, logs: ["started"] }, ...(mode && { mode }) });
    const at = performance.timeOrigin + performance.now();
    if (data.body.delay_ms !== delay_ms) throw new Error("the result of another job");
    return { requestId, at };
  });
  return Promise.all(jobs);
}

/** The wall-clock time at which the job ended: the time of its first log line plus its inference time. */
export async function endOf(bench, requestId) {
  const answer = await fetch(`${bench.emulator.url}/queue.fal.run/${ID}/requests/${requestId}/status?logs=1`);
  const { logs, metrics } = await answer.json();
  const [seconds, fraction] = logs[0].timestamp.split(".");
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000 + metrics.inference_time * 1000;
}
