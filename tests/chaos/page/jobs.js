// An app that has many jobs done, and notes for each call what it was told.
import { clients } from "./clients.js";
import { random } from "./random.js";
import { facts } from "./facts.js";

const ID = "chaos/painter";
/** A job that needs more is a finding. */
const CALLS = 12;
const RECOVERIES = 5;
/** How jobs are followed, of which the default chooses by itself. */
const MODES = ["default", "default", "streaming", "polling"];

/**
 * Runs `count` jobs, `atOnce` at a time, and gives `{ calls, misplaced, unhandled }`. Each job is
 * repeated, under another marker, until it was done: after a refusal, and also, knowing that this may
 * buy it twice, where the submit is uncertain.
 */
export async function runJobs({ count, atOnce, seed, key, webhook, modes = MODES }) {
  await library.preload();
  const { misplaced, ...by } = clients(library, key);
  const chance = random(seed);
  const jobs = Array.from({ length: count }, (_, number) => jobOf(number, chance, modes));
  const calls = [];
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await done(job, by, webhook, calls);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { calls, misplaced, unhandled: window.unhandled };
}

/** A job's length, whom it is given to, how it is followed, and whether it has a file. */
function jobOf(number, chance, modes) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  return {
    number,
    length: pick([0, 1, 2, 3, 4, 5]),
    client: pick(["proxied", "proxied", "proxied", "straight"]),
    mode: pick(modes),
    hasFile: chance() < 0.1,
  };
}

async function done(job, by, webhookUrl, calls) {
  for (let number = 1; number <= CALLS; number += 1) {
    const { mode, length } = job;
    const call = { marker: `${job.number}.${number}`, mode, length, updates: [], errors: [] };
    calls.push(call);
    await attempt(job, by[job.client], call, webhookUrl);
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
  } catch (error) {
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
