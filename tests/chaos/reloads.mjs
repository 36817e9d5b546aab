// A page that is reloaded at random moments while its jobs run, and one call in five misbehaves. A job
// is submitted once; what came of each is counted by the marker in its input:
//
// - delivered: its result was given to the app, in the page that submitted it or in a later one
// - delivered again: in a later page, too. The package forgets a request after its result was given,
//   not before: a reload between the two gives it twice rather than never. Never twice in one page
// - uncertain: the answer to the submit was lost, or was a 5xx, and the error says that the job may
//   exist; or the page ended while the submit was on its way or before its answer was noted, so that
//   no app was told of the id
// - lost: everything else that exists at the emulator
import { messagesOf } from "./count.mjs";
import { openLedger } from "./ledger.mjs";
import { orderProblems } from "./order.mjs";
import { everyFifth } from "./plan.mjs";
import { row, zero } from "./table.mjs";

/** Reloads so often, with so many jobs under way, and gives the figures. */
export async function reloads(chaos, { reloads: wanted, atOnce, seed, quiet_ms, within_ms, stalls }) {
  const ledger = await openLedger({ quiet_ms });
  const view = await chaos.open();
  try {
    await chaos.emulator.plan(everyFifth(seed, { stalls }));
    const options = { reloads: wanted, atOnce, seed, webhook: ledger.url };
    await view.page.addInitScript((options) => (window.chaos = options), options);
    await view.page.goto(`${chaos.emulator.url}/reloads.html`);
    await untilOver(view.page, within_ms);
    await chaos.emulator.clearPlan();
    await ledger.settled();
    const notes = await view.page.evaluate(() => ({ ...window.notes(), now: window.unhandled }));
    return figures(notes, ledger.jobs, view);
  } finally {
    await view.close();
    await ledger.stop();
  }
}

/** Waits for the last page's end; fails with what is under way, where that never comes. */
async function untilOver(page, within_ms) {
  const over = page.waitForFunction(() => window.isOver?.(), null, { timeout: within_ms, polling: 200 });
  await over.catch(async ({ message }) => {
    const state = await page.evaluate(async () => ({
      reloads: window.notes().reloads,
      underWay: window.underWay(),
      locks: (await navigator.locks.query()).held.map(({ name }) => name),
      unhandled: window.unhandled,
    }));
    throw new Error(`${message}: ${JSON.stringify(state)}`);
  });
}

/** The figures, from what the pages noted and the jobs that the emulator made. */
export function figures(notes, jobs, { thrown = [] } = {}) {
  const { sent = [], enqueued = [], delivered = [], uncertain = [], failed = [], told = [], reloads = [], left = [], unhandled = [], now = [] } = notes;
  const markers = (list) => new Set(list.map(({ marker }) => marker));
  const isDelivered = markers(delivered);
  const isUncertain = markers(uncertain);
  const isEnqueued = markers(enqueued);
  const existing = [...jobs.values()].map(({ marker }) => marker);
  const died = (marker) => !isEnqueued.has(marker) && !isUncertain.has(marker);
  const missing = existing.filter((marker) => !isDelivered.has(marker));
  const places = delivered.map(({ marker, page }) => `${marker} in page ${page}`);
  const ofAnother = delivered.filter(({ isOwn, requestId, marker }) => !isOwn || jobs.get(requestId)?.marker !== marker);
  return {
    reloads,
    sent: sent.length,
    existing: existing.length,
    delivered: isDelivered.size,
    later: markers(delivered.filter(({ marker, page }) => Number(marker.split(".")[0]) < page)).size,
    again: new Set(places).size - isDelivered.size,
    uncertain: missing.filter((marker) => isUncertain.has(marker)).length,
    died: missing.filter(died).length,
    retried: failed.filter(({ attempt }) => attempt).length,
    problems: {
      lost: missing.filter((marker) => !isUncertain.has(marker) && !died(marker)).map((marker) => `${marker}: ${why(marker, failed)}`),
      left: left.map(({ requestId }) => requestId),
      wrong: ofAnother.map(({ marker, requestId }) => `${marker} was given ${requestId}`),
      again: places.filter((place, at) => places.indexOf(place) < at),
      twice: existing.filter((marker, at) => existing.indexOf(marker) < at),
      order: told.flatMap(({ marker, length, updates }) => orderProblems(updates, { messages: messagesOf(length) }).map((problem) => `${marker}: ${problem}`)),
      unhandled: [...new Set([...unhandled, ...now, ...thrown])],
    },
  };
}

const why = (marker, failed) => failed.filter((it) => it.marker === marker).at(-1)?.message ?? "nothing was said";

export const rows = ({ reloads, problems, ...figure }) => [
  row(`reloads: ${moments(reloads)}`, reloads.length),
  row("submitted", figure.sent),
  row("made by the emulator", figure.existing),
  row("delivered", figure.delivered),
  row("of them in a page after the one that submitted it", figure.later),
  row("of them again, in a page after the one that had it", figure.again),
  row("uncertain: the submit's answer was lost, and the error said so", figure.uncertain),
  row("uncertain: the page ended before the submit's answer was noted", figure.died),
  row("resumes that failed and were called again", figure.retried),
  zero("lost", problems.lost),
  zero("left in the journal", problems.left),
  zero("results of another job", problems.wrong),
  zero("delivered twice in one page", problems.again),
  zero("billed twice", problems.twice),
  zero("updates out of order", problems.order),
  zero("unhandled rejections", problems.unhandled),
];

function moments(reloads) {
  const names = { time: "at any time", sent: "just after a submit", enqueued: "at its answer", updated: "at an update", delivered: "at a delivery" };
  return Object.entries(names).map(([name, words]) => `${reloads.filter((it) => it === name).length} ${words}`).join(", ");
}
