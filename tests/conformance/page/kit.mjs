// Runs one scenario in a page, with the package that this page has, and reports what was seen.
import { describe } from "./describe.mjs";

const platform = { setTimeout: window.setTimeout.bind(window) };
let pace = 1;
let notes = [];
let lib;

// Before the packages load, so that they take this clock: back-off need not last seconds here.
const realm = /** @type {import("../../page.js").Timers} */ (window);
realm.setTimeout = (callback, ms = 0, ...rest) => platform.setTimeout(callback, ms * pace, ...rest);
console.warn = (...words) => noteIn(notes, "console.warn", ...words);
window.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  noteIn(notes, "unhandled rejection", event.reason);
});
window.addEventListener("error", (event) => {
  event.preventDefault();
  noteIn(notes, "uncaught error", event.error);
});

/** Adds to what happened, in order; values are described as they are now. */
function noteIn(list, name, ...values) {
  list.push([name, ...values.map((value) => describe(value, lib))]);
}

const sleep = (ms) => new Promise((resolve) => platform.setTimeout(resolve, ms));

/** The key that clients of these tests have. */
const CREDENTIALS = "conf-id:conf-secret";

/** A client as the scenarios use it where they are about something else. */
function client(config = {}) {
  return lib.createFalClient({ credentials: CREDENTIALS, suppressLocalCredentialsWarning: true, ...config });
}

/** Settles as `promise`, or with "still pending" after `ms`. */
const within = (ms, promise) => Promise.race([promise, sleep(ms).then(() => "still pending")]);

/** What `promise` settles with, as a value. */
const settled = (promise) => Promise.resolve(promise).then((value) => ({ value }), (thrown) => ({ thrown }));

/** Waits until `check()` holds, for `ms` at most. */
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
    // What an earlier scenario left running does not get into this one.
    const mine = notes;
    const note = (name, ...values) => noteIn(mine, name, ...values);
    // `seen()` is how many things were noted so far.
    const kit = { lib, client, note, sleep, until, within, settled, seen: () => mine.length, CREDENTIALS };
    const outcome = await settled((async () => scenario.run(kit))());
    // What a promise that nobody took does shows up a task later.
    await sleep(scenario.linger ?? 5);
    pace = 1;
    return { outcome: describe(outcome, lib), notes: mine };
  },
};
