// A page is reloaded at random moments while its jobs run by every proxy and one call in five misbehaves. In each page, a
// client of another account tries to resume a saved request that is not its own. Each job is submitted once. The marker in
// its input says how it ended:
//
// - delivered: the app got its result, in the page that submitted it or in a later one
// - delivered again: also in a later page. The package forgets a request after it has given the result, not before, so that a
//   reload in between gives the result twice rather than never. One page never gets it twice
// - uncertain: the answer to the submit was lost or was a 5xx, and the error says that the job may exist. Or the page ended
//   while it submitted, or before it saved the answer, so that no app got the request id
// - aborted: the app aborted the call, and a cancel reached fal. Until then the request stays saved
// - deleted: a call failed without a result, and its request was no longer saved. Or the app got the request id, but in the
//   end the job is neither delivered nor saved
// - lost: every other job that exists at the emulator
import { messagesOf } from "./count.mjs";
import { openLedger } from "./ledger.mjs";
import { orderProblems } from "./order.mjs";
import { untilOver } from "./over.mjs";
import { everyFifth } from "./plan.mjs";
import { collect } from "./records.mjs";
import { row, zero } from "./table.mjs";

/** Reloads the page `reloads` times, with `atOnce` running jobs, and returns the figures. For the rest, see `jobs`. */
export async function reloads(chaos, { reloads: wanted, atOnce, seed, within_ms, stalls, outages, plan = everyFifth(seed, { stalls }), library }) {
  const ledger = await openLedger(chaos.emulator);
  const view = await chaos.open();
  try {
    await chaos.emulator.clearRequests();
    const collected = collect(chaos.emulator);
    chaos.front.begin({ seed, ...outages });
    await chaos.emulator.plan(plan);
    const options = { reloads: wanted, atOnce, seed, webhook: ledger.url, library };
    await view.page.addInitScript((options) => (window.chaos = options), options);
    await view.page.goto(`${chaos.front.url}/reloads.html`);
    await untilOver(view.page, within_ms);
    await chaos.emulator.clearPlan();
    await ledger.settled();
    const notes = await view.page.evaluate(() => ({ ...window.notes(), now: window.unhandled }));
    const cancels = cancelled(await collected.stop());
    return { ...figures(notes, ledger.jobs, { ...view, cancels }), front: chaos.front.figures() };
  } finally {
    await view.close();
    await ledger.stop();
  }
}

/** The ids of the requests whose cancel has reached the emulator. */
function cancelled(records) {
  const ids = records.map(({ method, path, target }) => method === "PUT" && /\/requests\/([^/]+)\/cancel/.exec(target ?? path)?.[1]);
  return new Set(ids.filter(Boolean));
}

/** The figures, from the facts that the pages recorded and the emulator's jobs. `cancels`: the ids of cancelled requests. */
export function figures(notes, jobs, { thrown = [], cancels = new Set() } = {}) {
  const { sent = [], enqueued = [], delivered = [], uncertain = [], failed = [], told = [], meddled = [], aborted = [] } = notes;
  const { deleted = [], reloads = [], left = [], unhandled = [], now = [] } = notes;
  const markers = (list) => new Set(list.map(({ marker }) => marker));
  const isDelivered = markers(delivered);
  const isUncertain = markers(uncertain);
  const isEnqueued = markers(enqueued);
  // A cancelled job has no result, and its webhook no marker. The page recorded the marker of each request id.
  const markerOf = new Map(enqueued.map(({ marker, id }) => [id, marker]));
  const existing = [...jobs].map(([id, { marker = markerOf.get(id) }]) => marker).filter(Boolean);
  const isGivenUp = markers(aborted.filter(({ id }) => cancels.has(id)));
  const died = (marker) => !isEnqueued.has(marker) && !isUncertain.has(marker);
  const missing = existing.filter((marker) => !isDelivered.has(marker) && !isGivenUp.has(marker));
  const isLeft = new Set(left.map(({ label }) => label?.marker));
  const gone = missing.filter((marker) => isEnqueued.has(marker) && !isLeft.has(marker));
  const noticed = deleted.filter(({ marker }) => !isGivenUp.has(marker)).map(({ marker, route, message }) => `${marker} (${route}): ${message}`);
  const atTheEnd = gone.filter((marker) => !markers(deleted).has(marker));
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
    aborted: isGivenUp.size,
    retried: failed.filter(({ attempt }) => attempt).length,
    problems: {
      lost: missing.filter((marker) => !isUncertain.has(marker) && !died(marker)).map((marker) => `${marker}: ${why(marker, failed)}`),
      deleted: [...new Set([...noticed, ...atTheEnd.map((marker) => `${marker}: gone in the end`)])],
      left: left.map(({ requestId }) => requestId),
      wrong: [
        ...ofAnother.map(({ marker, route, requestId }) => `${marker} (${route}) was given ${requestId}`),
        ...meddled.map(({ marker }) => `${marker} was given to another account's client`),
      ],
      again: places.filter((place, at) => places.indexOf(place) < at),
      twice: existing.filter((marker, at) => existing.indexOf(marker) < at),
      order: told.flatMap(({ marker, length, route, updates }) => orderProblems(updates, { messages: messagesOf(length) }).map((problem) => `${marker} (${route}): ${problem}`)),
      unhandled: [...new Set([...unhandled, ...now, ...thrown])],
    },
  };
}

function why(marker, failed) {
  const { route, message } = failed.findLast((it) => it.marker === marker) ?? {};
  return message ? `${route}: ${message}` : "nothing was said";
}

export const rows = ({ reloads, problems, front, ...figure }) => [
  row(`reloads: ${moments(reloads)}`, reloads.length),
  row("answers that a shared cache replayed", front.cached),
  row("answers that the service worker replayed", front.worker),
  row("answers of a proxy that were not fal's", front.spoiled),
  row("submitted", figure.sent),
  row("made by the emulator", figure.existing),
  row("delivered", figure.delivered),
  row("of them in a page after the one that submitted it", figure.later),
  row("of them again, in a page after the one that had it", figure.again),
  row("uncertain: the submit's answer was lost, and the error said so", figure.uncertain),
  row("uncertain: the page ended before the submit's answer was noted", figure.died),
  row("aborted, and a cancel has reached the emulator", figure.aborted),
  row("resumes that failed and were called again", figure.retried),
  zero("lost", problems.lost),
  zero("saved requests that were deleted, their result not delivered", problems.deleted),
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
