// An app that runs many jobs, and records the updates and errors of each call.
import { clients } from "./clients.js";
import { facts } from "./facts.js";
import { random } from "./random.js";
import { ROUTES } from "./routes.js";

const ID = "chaos/painter";
/** The most calls for one job. A job that needs more is a finding. */
const CALLS = 12;
const RECOVERIES = 5;
/** The ways to follow a job. In the default mode, the client chooses between streaming and polling. */
const MODES = ["default", "default", "streaming", "polling"];

/**
 * Runs `count` jobs by these `routes`, `atOnce` at a time. Repeats each job with a new marker until it is done. It repeats a
 * job after a refusal, and also after an uncertain submit, knowing that it may pay twice. Returns
 *
 * - `isOver()`: whether all jobs have ended
 * - `underWay()`: the markers of the calls that are running
 * - `found()`: `{ calls, misplaced, unhandled }`
 * @param {{ count: number, atOnce: number, seed: number, key: string, webhook: string, modes?: string[], routes?: string[] }} options
 */
export function runJobs({ count, atOnce, seed, key, webhook, modes = MODES, routes = ROUTES }) {
  const { by, misplaced } = clients(window.library, key);
  const chance = random(seed);
  const jobs = Array.from({ length: count }, (_, number) => jobOf(number, chance, { modes, routes }));
  const calls = [];
  const running = new Set();
  let isOver = false;
  const work = async () => {
    await window.library.preload?.();
    for (let job = jobs.shift(); job; job = jobs.shift()) await done(job, by, webhook, { calls, running });
  };
  void Promise.all(Array.from({ length: atOnce }, work)).finally(() => (isOver = true));
  return {
    isOver: () => isOver,
    underWay: () => [...running],
    found: () => ({ calls, misplaced, unhandled: window.unhandled }),
  };
}

/** Draws a job: its length, its mode, and whether it has a file. Its route follows from its number. */
function jobOf(number, chance, { modes, routes }) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  return {
    number,
    length: pick([0, 1, 2, 3, 4, 5]),
    // In turn, not by chance, so that short runs use every route, too.
    route: routes[number % routes.length],
    mode: pick(modes),
    hasFile: chance() < 0.1,
  };
}

async function done(job, by, webhookUrl, { calls, running }) {
  for (let number = 1; number <= CALLS; number += 1) {
    const { mode, length, route } = job;
    const call = { marker: `${job.number}.${number}`, mode, length, route, updates: [], errors: [] };
    calls.push(call);
    const name = `${call.marker} (${route}, ${mode})`;
    running.add(name);
    const from = performance.now();
    await attempt(job, by[route], call, webhookUrl);
    call.ms = performance.now() - from;
    running.delete(name);
    if (call.result) return;
  }
}

async function attempt({ length, mode, hasFile }, fal, call, webhookUrl) {
  const { marker } = call;
  const how = mode === "default" ? {} : { mode };
  const input = { marker, length, ...(hasFile && { image_url: new File([marker], `${marker}.txt`) }) };
  // Save each update as JSON at once: a later update must not change an earlier one.
  const onQueueUpdate = (update) => void call.updates.push(JSON.stringify(update));
  const onEnqueue = (id) => (call.requestId = id);
  try {
    call.result = await fal.subscribe(ID, { ...how, input, logs: true, webhookUrl, onEnqueue, onQueueUpdate });
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    call.errors.push(facts(error));
    const requestId = error?.requestId || call.requestId;
    if (requestId) await recover(fal, call, requestId, how);
    else call.isUncertain = error instanceof library.SubmitUncertainError;
  }
}

/** Fetches the result of a paid job by its request id. */
async function recover(fal, call, requestId, how) {
  call.requestId = requestId;
  for (let number = 1; number <= RECOVERIES && !call.result; number += 1) {
    try {
      await fal.queue.subscribeToStatus(ID, { ...how, requestId });
      call.result = await fal.queue.result(ID, { requestId });
      call.isRecovered = true;
    } catch (error) {
      call.errors.push(facts(error));
    }
  }
}
