// The page's copy of the emulator's state. Events of the feed change it. Pure.

/** @import { FeedEvents, State } from "./types.d.ts" */

/**
 * The state before the first event.
 * @returns {State}
 */
export const emptyState = () => ({
  run: undefined,
  mode: undefined,
  version: undefined,
  exchanges: new Map(),
  jobs: new Map(),
  files: [],
  webhooks: [],
  faults: { switches: [], plan: { plan: null } },
  spent: [],
});

/**
 * Changes `state` by an event.
 * @template {keyof FeedEvents} Name
 * @param {State} state
 * @param {Name} name
 * @param {FeedEvents[Name]} data
 */
export function applyEvent(state, name, data) {
  // A newer emulator may send events that this page does not know.
  if (Object.hasOwn(handlers, name)) handlers[name](state, data);
}

/** @type {{ [Name in keyof FeedEvents]: (state: State, data: FeedEvents[Name]) => void }} */
const handlers = {
  hello(state, { run, mode, version }) {
    // Ids of an earlier run of the emulator have no meaning in this run.
    if (state.run !== run) Object.assign(state, emptyState());
    Object.assign(state, { run, mode, version });
  },

  exchanges({ exchanges }, { oldest, changed }) {
    for (const id of exchanges.keys()) {
      if (id >= oldest) break;
      exchanges.delete(id);
    }
    for (const exchange of changed) {
      if (exchange.id >= oldest) exchanges.set(exchange.id, exchange);
    }
  },

  jobs({ jobs }, { is_first: isFirst, changed, gone }) {
    // On a new connection the first event has all jobs.
    if (isFirst) jobs.clear();
    for (const id of gone) jobs.delete(id);
    for (const job of changed) jobs.set(job.request_id, job);
  },

  files: (state, files) => void (state.files = files),
  webhooks: (state, webhooks) => void (state.webhooks = webhooks),
  faults: (state, faults) => void (state.faults = faults),
  spent: (state, spent) => void (state.spent = spent),
};

/**
 * The exchanges, the newest first.
 * @param {State} state
 */
export const newestExchanges = ({ exchanges }) => [...exchanges.values()].toReversed();

/**
 * The jobs, the newest first.
 * @param {State} state
 */
export const newestJobs = ({ jobs }) => [...jobs.values()].sort((a, b) => b.submitted_ms - a.submitted_ms);

/**
 * The ids of the endpoints that were called, sorted.
 * @param {State} state
 */
export function knownEndpoints({ exchanges, jobs }) {
  const called = [...exchanges.values()].map(({ endpoint }) => endpoint);
  const queued = [...jobs.values()].map(({ endpoint }) => endpoint);
  return [...new Set([...called, ...queued])].filter((endpoint) => endpoint !== null).sort();
}
