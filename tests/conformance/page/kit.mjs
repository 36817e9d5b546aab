// Runs one scenario in a page, with the package of this page, and returns the outcome and the recorded events.
import { describe } from "./describe.mjs";

const LEAST_LIMIT_MS = 3_000;
const platform = { setTimeout: window.setTimeout.bind(window) };
let pace = 1;
let notes = [];
let lib;

// Replace the clock before the packages load, so that they use this one: it shortens or stretches back-off times.
const realm = /** @type {import("../../page.js").Timers} */ (window);
realm.setTimeout = (callback, ms = 0, ...rest) => platform.setTimeout(callback, shorten(ms), ...rest);
console.warn = (...words) => noteIn(notes, "console.warn", ...words);
window.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  noteIn(notes, "unhandled rejection", event.reason);
});
window.addEventListener("error", (event) => {
  event.preventDefault();
  noteIn(notes, "uncaught error", event.error);
});

/**
 * The real time of a timer. The limits of answers are multiples of 30 s, and back-offs are not, because of their jitter. A limit
 * stays as long as a slow machine takes for an answer.
 */
function shorten(ms) {
  return pace < 1 && ms > 0 && ms % 30_000 === 0 ? Math.max(ms * pace, LEAST_LIMIT_MS) : ms * pace;
}

/** Appends an event to the list. Describes its values as they are now. */
function noteIn(list, name, ...values) {
  list.push([name, ...values.map((value) => describe(value, lib))]);
}

const sleep = (ms) => new Promise((resolve) => platform.setTimeout(resolve, ms));

/** The key of the clients in these tests. */
const CREDENTIALS = "conf-id:conf-secret";

/** A client with the usual configuration, for scenarios about something else. */
function client(config = {}) {
  return lib.createFalClient({ credentials: CREDENTIALS, suppressLocalCredentialsWarning: true, ...config });
}

/** Settles as `promise` does. After `ms`, resolves with "still pending". */
const within = (ms, promise) => Promise.race([promise, sleep(ms).then(() => "still pending")]);

/** The outcome of `promise`: `{ value }` or `{ thrown }`. */
const settled = (promise) => Promise.resolve(promise).then((value) => ({ value }), (thrown) => ({ thrown }));

/** Waits until `check()` holds, but at most `ms`. */
async function until(check, ms = 6000) {
  for (const end = performance.now() + ms; !check() && performance.now() < end; ) await sleep(10);
}

window.conformance = {
  ready: import("/package/index.js").then(async (loaded) => {
    lib = loaded;
    await lib.preload?.();
  }),
  async run(file, id) {
    await this.ready;
    const { scenarios } = await import(`/conformance/scenarios/${file}`);
    const scenario = scenarios.find((it) => it.id === id);
    notes = [];
    pace = scenario.pace ?? 1;
    // A list of its own: events of earlier scenarios that are still running do not get into it.
    const mine = notes;
    const note = (name, ...values) => noteIn(mine, name, ...values);
    // `seen()` is the number of events so far.
    const kit = { lib, client, note, sleep, until, within, settled, seen: () => mine.length, CREDENTIALS };
    const outcome = await settled((async () => scenario.run(kit))());
    // Wait a little: the browser reports an unhandled rejection only a task later.
    await sleep(scenario.linger ?? 30);
    pace = 1;
    return { outcome: describe(outcome, lib), notes: mine };
  },
};
