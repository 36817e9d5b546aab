// An app that has many jobs done, and notes for each call what it was told.
import { clients } from "./clients.js";
import { facts } from "./facts.js";
import { random } from "./random.js";
import { ROUTES } from "./routes.js";

const ID = "chaos/painter";
/** A job that needs more is a finding. */
const CALLS = 12;
const RECOVERIES = 5;
/** How jobs are followed, of which the default chooses by itself. */
const MODES = ["default", "default", "streaming", "polling"];

/**
 * Begins to run `count` jobs by these `routes`, `atOnce` at a time. Each job is repeated, under another
 * marker, until it was done: after a refusal, and also, knowing that this may buy it twice, where the
 * submit is uncertain. Gives
 *
 * - `isOver()`: whether all have ended
 * - `underWay()`: the markers of the calls that have not
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

/** A job's length, its route, how it is followed, and whether it has a file. */
function jobOf(number, chance, { modes, routes }) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  return {
    number,
    length: pick([0, 1, 2, 3, 4, 5]),
    // By turns: short runs take every route, too.
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
  // As JSON at once: what is told later must not change what was told before.
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

/** What was paid for is fetched by its id. */
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
