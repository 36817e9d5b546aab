// Takes samples. The lanes take turns, so that other work of the machine affects all of them alike.
import { isDeepStrictEqual } from "node:util";

/** A lane that has taken more time than this, in ms, is not sampled again. */
const ENOUGH_MS = 10_000;

/** The middle number. For an even count, the mean of the two in the middle. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @typedef {any[] | { failed: string }} Sampled the figures of a lane, or the reason why there are none */

/**
 * Samples each lane `times` times. Each round begins with another lane.
 * @param {string[]} lanes
 * @param {number} times
 * @param {(lane: string, round: number) => Promise<object>} sample does the work once. It returns its figures, and in
 * `did` a description of the work: counts, bytes. If it rejects, the lane has failed
 * @returns {Promise<Record<string, Sampled>>} by lane
 * @throws if two lanes did not do the same work
 */
export async function alternate(lanes, times, sample) {
  /** @type {Record<string, { samples: any[], spent: number, failed?: string }>} */
  const seen = Object.fromEntries(lanes.map((lane) => [lane, { samples: [], spent: 0 }]));
  for (let round = 0; round < times; round += 1) {
    for (const at of lanes.keys()) {
      const lane = lanes[(at + round) % lanes.length];
      const { samples, spent, failed } = seen[lane];
      if (failed || spent > ENOUGH_MS) continue;
      const from = performance.now();
      try {
        samples.push(await sample(lane, round));
      } catch (error) {
        seen[lane].failed = reason(error);
      }
      seen[lane].spent += performance.now() - from;
    }
  }
  checkSameWork(seen);
  return Object.fromEntries(
    lanes.map((lane) => {
      const { failed, samples } = seen[lane];
      return [lane, failed ? { failed } : samples];
    }),
  );
}

/** The median of one figure. For each lane: `{ value, of, did }`, or `{ failed }`. */
export function medians(sampled, figure) {
  return each(sampled, (samples) => ({ value: median(samples.map(figure)), of: samples.length, did: samples[0].did }));
}

/** The median number of long tasks per sample, and the longest task of all samples. */
export function longTasks(sampled) {
  return each(sampled, (samples) => {
    const longest = Math.max(...samples.map(({ tasks }) => tasks.longest));
    return {
      value: median(samples.map(({ tasks }) => tasks.count)),
      note: longest > 0 ? `longest ${Math.round(longest).toLocaleString("en")} ms` : undefined,
      of: samples.length,
      did: samples[0].did,
    };
  });
}

function each(sampled, cell) {
  const cells = Object.entries(sampled).map(([lane, samples]) => [lane, samples.failed ? { failed: samples.failed } : cell(samples)]);
  return Object.fromEntries(cells);
}

function checkSameWork(seen) {
  const all = Object.entries(seen).flatMap(([lane, { samples }]) => samples.map(({ did }) => ({ lane, did })));
  for (const { lane, did } of all) {
    if (!isDeepStrictEqual(did, all[0].did)) {
      throw new Error(`Not the same work: ${all[0].lane} did ${JSON.stringify(all[0].did)}, ${lane} ${JSON.stringify(did)}`);
    }
  }
}

const reason = (error) => String(error.message).replace(/^page\.evaluate: /, "").split("\n")[0];
