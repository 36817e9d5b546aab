// The service worker of the pages. It stores answers to GETs by their URL alone, and replays each a few times before it
// requests a new one. As many sites' workers do, it ignores `no-store`, and ignores headers that distinguish calls of one URL.
import { random } from "./random.js";
import { WORKER_PATH, proxyUrl } from "./routes.js";

const MOST_REPLAYS = 3;
const PATHS = [proxyUrl("worker"), `${WORKER_PATH}/`];

const chance = random(Number(new URL(location.href).searchParams.get("seed")));
/** How many replays each stored answer has left, by URL. */
const left = new Map();

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { pathname } = new URL(url);
  if (method === "GET" && PATHS.some((path) => pathname.startsWith(path))) event.respondWith(replayOrFetch(event));
});

async function replayOrFetch(event) {
  const { url } = event.request;
  const cache = await caches.open("answers");
  const times = left.get(url) ?? 0;
  const stored = times > 0 && (await cache.match(url, { ignoreVary: true }));
  if (stored) {
    left.set(url, times - 1);
    event.waitUntil(fetch("/chaos/replayed", { method: "POST" }).catch(() => {}));
    return stored;
  }
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(store(cache, url, answer.clone()));
  return answer;
}

/** Stores an answer. A cut answer makes `put` fail and is not stored. */
async function store(cache, url, answer) {
  try {
    await cache.put(url, answer);
    left.set(url, 1 + Math.floor(chance() * MOST_REPLAYS));
  } catch {}
}
