// An app that always has some jobs under way, and whose page is reloaded again and again, at moments
// drawn by chance. What must outlive a page is in localStorage, which is written at once.
import { facts } from "./facts.js";
import { random } from "./random.js";
import { ELSEWHERE, PROXIES, proxyUrl } from "./routes.js";

const ID = "chaos/painter";
const MOMENTS = ["time", "time", "sent", "enqueued", "updated", "delivered"];
const LATEST_MS = 1_500;
const TRIES = 20;
const AGAIN_MS = 500;
/** So many of the calls are aborted, as soon as their request id is told. */
const ABORTED = 0.1;

const NOTES = ["sent", "enqueued", "delivered", "uncertain", "failed", "told", "meddled", "aborted", "deleted", "left", "reloads", "unhandled"];

const noted = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");
const note = (name, value) => localStorage.setItem(name, JSON.stringify([...noted(name), value]));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** All that was noted, by name. */
export const notes = () => Object.fromEntries(NOTES.map((name) => [name, noted(name)]));

/**
 * One life of the page: takes up what is pending, has new jobs done, and ends with a reload; the last
 * one has none, begins no jobs, and ends when nothing is pending. Gives what tells whether it has ended, and
 * what is under way.
 */
export function live({ reloads, atOnce, seed, webhook }) {
  const { createFalClient } = window.library;
  const through = (name) => createFalClient({ proxyUrl: proxyUrl(name), persist: true });
  /** One client for each route; a saved request is taken up by the client that submitted it. */
  const clients = Object.fromEntries(PROXIES.map((name) => [name, through(name)]));
  const stranger = through(ELSEWHERE);
  const page = noted("reloads").length;
  const isLast = page === reloads;
  const chance = random(seed + page);
  // Of their own: when they are asked depends on the clock, and must not change what the page does.
  const ofMoments = random(seed - page - 1);
  const moment = isLast ? "none" : MOMENTS[Math.floor(chance() * MOMENTS.length)];
  let isLeaving = false;
  let isOver = false;
  const running = new Map();

  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    note("reloads", moment);
    location.reload();
  };
  /** Such a moment has come: the second of them ends this page. */
  const come = (what) => void (what === moment && (ofMoments() < 0.5 || running.size === 0) && leave());

  const watched = (marker) => {
    const updates = [];
    return { onQueueUpdate: (update) => (updates.push(JSON.stringify(update)), come("updated")), updates, marker, page };
  };
  const deliver = ({ marker, length, route, updates }, result) => {
    note("delivered", { marker, length, route, page, requestId: result.requestId, isOwn: result.data?.marker === marker });
    note("told", { marker, length, route, updates });
    come("delivered");
  };

  /** All that is saved, by whichever route. */
  async function pending() {
    const found = await Promise.all(PROXIES.map((name) => clients[name].pending()));
    return [...new Map(found.flat().map((entry) => [entry.requestId, entry])).values()];
  }

  /** Whether a request that was not delivered is still saved; notes it if not. */
  async function isSaved({ marker, route, requestId, error }) {
    const saved = await clients[route].pending();
    const isThere = saved.some((entry) => entry.requestId === requestId);
    if (!isThere) note("deleted", { marker, route, requestId, ...facts(error) });
    return isThere;
  }

  async function begin(number) {
    const marker = `${page}.${number}`;
    const length = Math.floor(chance() * 6);
    const route = PROXIES[(page + number) % PROXIES.length];
    const latest = chance() * 30;
    const isAborted = chance() < ABORTED;
    const abort = new AbortController();
    let requestId;
    const { onQueueUpdate, updates } = watched(marker);
    const onEnqueue = (id) => {
      requestId = id;
      note("enqueued", { marker, id });
      if (isAborted) {
        note("aborted", { marker, id });
        abort.abort();
      }
      come("enqueued");
    };
    note("sent", marker);
    try {
      const options = { input: { marker, length }, logs: true, persist: true, label: { marker, length, route }, webhookUrl: webhook };
      const call = clients[route].subscribe(ID, { ...options, abortSignal: abort.signal, onEnqueue, onQueueUpdate });
      setTimeout(come, latest, "sent");
      deliver({ marker, length, route, updates }, await call);
    } catch (thrown) {
      const error = /** @type {any} */ (thrown);
      // What a page that goes away breaks off by that was not lost on the way.
      if (isLeaving || abort.signal.aborted) return;
      const isUncertain = error instanceof library.SubmitUncertainError || error?.status >= 500;
      note(isUncertain && !error.requestId ? "uncertain" : "failed", { marker, route, ...facts(error) });
      if (requestId) await isSaved({ marker, route, requestId, error });
    }
  }

  async function takeUp(entry) {
    const { marker, length, route } = entry.label;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const { onQueueUpdate, updates } = watched(marker);
      try {
        return deliver({ marker, length, route, updates }, await clients[route].resume(entry, { onQueueUpdate }));
      } catch (error) {
        // What a page that goes away breaks off by that was not lost on the way.
        if (isLeaving) return;
        note("failed", { marker, route, attempt, ...facts(error) });
        if (!(await isSaved({ marker, route, requestId: entry.requestId, error }))) return;
        await sleep(AGAIN_MS);
      }
    }
  }

  /** Another client of this origin, of another account, takes up what is not its own. */
  async function meddle(entry) {
    await stranger.resume(entry).then(
      () => note("meddled", entry.label),
      () => {},
    );
  }

  async function run() {
    const follow = (name, work) => {
      const ended = work.finally(() => running.delete(ended));
      running.set(ended, name);
    };
    const entries = await pending();
    if (entries.length > 0) await meddle(entries[0]);
    for (const entry of entries) follow(entry, takeUp(entry));
    if (moment === "time") setTimeout(leave, chance() * LATEST_MS);
    for (let number = 0; !isLast && !isLeaving; number += 1) {
      while (running.size >= atOnce) await Promise.race(running.keys());
      follow(number, begin(number));
      await sleep(chance() * 100);
    }
    if (!isLast) return;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await Promise.all(running.keys());
      const left = await pending();
      if (left.length === 0) break;
      for (const entry of left) if (!entry.isFollowed) follow(entry, takeUp(entry));
      await sleep(AGAIN_MS);
    }
    for (const entry of await pending()) note("left", entry);
    isOver = true;
  }
  addEventListener("pagehide", () => window.unhandled.forEach((text) => note("unhandled", text)));
  void run();
  return { isOver: () => isOver, underWay: () => [isLast, ...running.values()] };
}
