// An app that always has some jobs under way, and whose page is reloaded again and again, at moments
// drawn by chance. What must outlive a page is in localStorage, which is written at once.
import { facts } from "./facts.js";
import { random } from "./random.js";

const ID = "chaos/painter";
const MOMENTS = ["time", "time", "sent", "enqueued", "updated", "delivered"];
const LATEST_MS = 1_500;
const TRIES = 20;
const AGAIN_MS = 500;

const noted = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");
const note = (name, value) => localStorage.setItem(name, JSON.stringify([...noted(name), value]));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is noted: `sent`, `enqueued`, `delivered`, `uncertain`, `failed`, `told`,
 * `left`, `reloads`, `unhandled`. */
export const notes = () => Object.fromEntries(Object.keys(localStorage).map((name) => [name, noted(name)]));

/**
 * One life of the page: takes up what is pending, has new jobs done, and ends with a reload; the last
 * one has none, begins no jobs, and ends when nothing is pending. Gives what tells whether it has ended, and
 * what is under way.
 */
export function live({ reloads, atOnce, seed, webhook }) {
  const { createFalClient } = library;
  const fal = createFalClient({ proxyUrl: "/api/fal/proxy", persist: true });
  const page = noted("reloads").length;
  const isLast = page === reloads;
  const chance = random(seed + page);
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
  const come = (what) => void (what === moment && (chance() < 0.5 || running.size === 0) && leave());

  const watched = (marker) => {
    const updates = [];
    return { onQueueUpdate: (update) => (updates.push(JSON.stringify(update)), come("updated")), updates, marker, page };
  };
  const deliver = ({ marker, length, updates }, result) => {
    note("delivered", { marker, length, page, requestId: result.requestId, isOwn: result.data?.marker === marker });
    note("told", { marker, length, updates });
    come("delivered");
  };

  async function begin(number) {
    const marker = `${page}.${number}`;
    const length = Math.floor(chance() * 6);
    const { onQueueUpdate, updates } = watched(marker);
    const onEnqueue = (id) => (note("enqueued", { marker, id }), come("enqueued"));
    note("sent", marker);
    try {
      const options = { input: { marker, length }, logs: true, persist: true, label: { marker, length }, webhookUrl: webhook };
      const call = fal.subscribe(ID, { ...options, onEnqueue, onQueueUpdate });
      setTimeout(come, chance() * 30, "sent");
      deliver({ marker, length, updates }, await call);
    } catch (error) {
      // What a page that goes away breaks off by that was not lost on the way.
      if (isLeaving) return;
      const isUncertain = error instanceof library.SubmitUncertainError || error?.status >= 500;
      note(isUncertain && !error.requestId ? "uncertain" : "failed", { marker, ...facts(error) });
    }
  }

  async function takeUp(entry) {
    const { marker, length } = entry.label;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const { onQueueUpdate, updates } = watched(marker);
      try {
        return deliver({ marker, length, updates }, await fal.resume(entry, { onQueueUpdate }));
      } catch (error) {
        note("failed", { marker, attempt, ...facts(error) });
        await sleep(AGAIN_MS);
      }
    }
  }

  async function run() {
    const follow = (name, work) => {
      const ended = work.finally(() => running.delete(ended));
      running.set(ended, name);
    };
    for (const entry of await fal.pending()) follow(entry, takeUp(entry));
    if (moment === "time") setTimeout(leave, chance() * LATEST_MS);
    for (let number = 0; !isLast && !isLeaving; number += 1) {
      while (running.size >= atOnce) await Promise.race(running.keys());
      follow(number, begin(number));
      await sleep(chance() * 100);
    }
    if (!isLast) return;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await Promise.all(running.keys());
      const left = await fal.pending();
      if (left.length === 0) break;
      for (const entry of left) if (!entry.isFollowed) follow(entry, takeUp(entry));
      await sleep(AGAIN_MS);
    }
    for (const entry of await fal.pending()) note("left", entry);
    isOver = true;
  }
  addEventListener("pagehide", () => window.unhandled.forEach((text) => note("unhandled", text)));
  run();
  return { isOver: () => isOver, underWay: () => [isLast, ...running.values()] };
}
