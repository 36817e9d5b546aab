// Many jobs at once while one call in five misbehaves: see count.mjs for what is counted.
import { count } from "./count.mjs";
import { openLedger } from "./ledger.mjs";
import { everyFifth } from "./plan.mjs";
import { collect } from "./records.mjs";
import { KEY } from "./setup.mjs";
import { row, zero } from "./table.mjs";

/** Runs `count` jobs, `atOnce` at a time, followed in one of the `modes`: the figures of count.mjs, and `struck`, how many calls misbehaved. */
export async function jobs(chaos, { count: wanted, atOnce, seed, modes, stalls, quiet_ms }) {
  const ledger = await openLedger({ quiet_ms });
  const view = await chaos.open();
  try {
    await chaos.emulator.clearRequests();
    const collected = collect(chaos.emulator);
    await chaos.emulator.plan(everyFifth(seed, { stalls }));
    const options = { count: wanted, atOnce, seed, modes, key: KEY, webhook: ledger.url };
    const { calls, misplaced, unhandled } = await view.page.evaluate(async (options) => {
      const { runJobs } = await import("/jobs.js");
      return runJobs(options);
    }, options);
    const { calls: planned, struck } = await chaos.emulator.clearPlan();
    await ledger.settled();
    const records = await collected.stop();
    const seen = { calls, misplaced, unhandled: [...unhandled, ...view.thrown], said: [...view.said, ...view.thrown] };
    return { ...count({ wanted, ...seen, jobs: ledger.jobs, records, key: KEY }), planned, struck };
  } finally {
    await view.close();
    await ledger.stop();
  }
}

export const rows = ({ wanted, submitted, completed, recovered, made, uncertain, gateway, refused, problems, ...others }) => [
  row("calls that the plan is about", others.planned),
  row("of them misbehaved", others.struck),
  row("jobs wanted", wanted),
  row("submitted, with those that were submitted again", submitted),
  row("completed", completed),
  row("of them recovered by the request id in an error", recovered),
  row("made by the emulator", made),
  row("refused: there is no job", refused),
  row(`uncertain, and said so (SubmitUncertainError); of them exist: ${uncertain[1]}`, uncertain[0]),
  row(`uncertain: the submit was answered with a 5xx; of them exist: ${gateway[1]}`, gateway[0]),
  zero("lost", problems.lost),
  zero("results of another job", problems.wrong),
  zero("billed twice", problems.twice),
  zero("updates out of order", problems.order),
  zero("unhandled rejections", problems.unhandled),
  zero("key seen in the wrong place", problems.key),
];
