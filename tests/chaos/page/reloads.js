// An app that always has some running jobs. Its page is reloaded again and again, at random moments. Facts that must outlive
// a page are in localStorage, which is written synchronously.
import { facts } from "./facts.js";
import { random } from "./random.js";
import { ELSEWHERE, PROXIES, proxyUrl } from "./routes.js";

const ID = "chaos/painter";
const MOMENTS = ["time", "time", "sent", "enqueued", "updated", "delivered"];
const LATEST_MS = 1_500;
const TRIES = 20;
const AGAIN_MS = 500;
/** The share of calls that are aborted as soon as they have a request id. */
const ABORTED = 0.1;

const NOTES = ["sent", "enqueued", "delivered", "uncertain", "failed", "told", "meddled", "aborted", "deleted", "left", "reloads", "unhandled"];

const noted = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");
const note = (name, value) => localStorage.setItem(name, JSON.stringify([...noted(name), value]));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** All recorded facts, by name. */
export const notes = () => Object.fromEntries(NOTES.map((name) => [name, noted(name)]));

/**
 * The work of the page after one load. It resumes the pending jobs, starts new ones, and reloads the page. After the last
 * load it starts no jobs, does not reload, and ends when no job is pending. Returns `isOver()`, and `underWay()`, which names
 * the running calls.
 */
export function live({ reloads, atOnce, seed, webhook }) {
  const { createFalClient } = window.library;
  const through = (name) => createFalClient({ proxyUrl: proxyUrl(name), persist: true });
  /** One client for each route. A saved request is resumed by the client that submitted it. */
  const clients = Object.fromEntries(PROXIES.map((name) => [name, through(name)]));
  const stranger = through(ELSEWHERE);
  const page = noted("reloads").length;
  const isLast = page === reloads;
  const chance = random(seed + page);
  // A generator of its own. How often it is used depends on the clock, and must not change the jobs that `chance` draws.
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
  /** Reports a moment. If this page is to end at such a moment, it reloads: every second time on average, or if idle. */
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

  /** All saved requests, of all routes. */
  async function pending() {
    const found = await Promise.all(PROXIES.map((name) => clients[name].pending()));
    return [...new Map(found.flat().map((entry) => [entry.requestId, entry])).values()];
  }

  /** Whether a request that was not delivered is still saved. If not, records it as deleted. */
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
      // The reload or the abort ended this call. That is not a failure of the network.
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
        // The reload ended this call. That is not a failure of the network.
        if (isLeaving) return;
        note("failed", { marker, route, attempt, ...facts(error) });
        if (!(await isSaved({ marker, route, requestId: entry.requestId, error }))) return;
        await sleep(AGAIN_MS);
      }
    }
  }

  /** Tries to resume a request of this account with another account's client, on the same origin. */
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
