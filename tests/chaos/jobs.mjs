// Many jobs at once, by every route, while one call in five misbehaves. count.mjs describes the figures.
import { count } from "./count.mjs";
import { openLedger } from "./ledger.mjs";
import { untilOver } from "./over.mjs";
import { everyFifth } from "./plan.mjs";
import { collect } from "./records.mjs";
import { KEY } from "./setup.mjs";
import { row, zero } from "./table.mjs";

/**
 * Runs `count` jobs, `atOnce` at a time, by `routes`, and follows them in `modes`. Returns the figures of count.mjs, the
 * number of misbehaved calls as `struck`, and the front's figures as `front`. `plan` is the emulator's fault plan.
 * `library` is the script of another client, which replaces the package.
 */
export async function jobs(chaos, { count: wanted, atOnce, seed, within_ms, modes, routes, stalls, outages, plan = everyFifth(seed, { stalls }), library }) {
  const ledger = await openLedger(chaos.emulator);
  const view = await chaos.open({ worker: seed });
  try {
    await chaos.emulator.clearRequests();
    chaos.front.begin({ seed, ...outages });
    const collected = collect(chaos.emulator);
    await chaos.emulator.plan(plan);
    const options = { count: wanted, atOnce, seed, modes, routes, key: KEY, webhook: ledger.url, library };
    await view.page.evaluate(begin, options);
    await untilOver(view.page, within_ms);
    const { calls, misplaced, unhandled } = await view.page.evaluate(() => window.run.found());
    const { calls: planned, struck } = await chaos.emulator.clearPlan();
    await ledger.settled();
    const records = await collected.stop();
    const seen = { calls, misplaced, unhandled: [...unhandled, ...view.thrown], said: [...view.said, ...view.thrown] };
    return { ...count({ wanted, ...seen, jobs: ledger.jobs, records, key: KEY }), planned, struck, front: chaos.front.figures() };
  } finally {
    await view.close();
    await ledger.stop();
  }
}

/**
 * Starts the jobs. Runs in the page.
 * @param {Parameters<typeof import("./page/jobs.js").runJobs>[0] & { library?: string }} options
 */
async function begin({ library, ...options }) {
  if (library) window.library = await import(library);
  const { runJobs } = await import("/jobs.js");
  window.run = runJobs(options);
}

export const rows = ({ wanted, submitted, completed, recovered, made, uncertain, gateway, refused, slowest, problems, ...others }) => [
  row("calls that the plan is about", others.planned),
  row("of them misbehaved", others.struck),
  row("answers that a shared cache replayed", others.front.cached),
  row("answers that the service worker replayed", others.front.worker),
  row("answers of a proxy that were not fal's", others.front.spoiled),
  row("jobs wanted", wanted),
  row("submitted, with those that were submitted again", submitted),
  row(`completed: ${byRoute(others.routes)}`, completed),
  row("of them recovered by the request id in an error", recovered),
  row(`ms of the slowest call: ${slowest.marker} (${slowest.route}, ${slowest.mode})`, Math.round(slowest.ms)),
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

const byRoute = (routes) => Object.entries(routes).map(([route, completed]) => `${completed} by ${route}`).join(", ");
