// The operations of the package where `persist` is on: requests are saved when they are submitted, and
// dropped when their results were delivered. It is a module of its own, loaded at first use.

import { unlessAborted } from "../abort.ts";
import type { Operations } from "../core/operations.ts";
import { leaving } from "../core/signal.ts";
import { type Call, badArgument } from "../core/wasm.ts";
import type { PendingEntry, PendingRequest } from "../types/journal.ts";
import { callsThatLeave } from "./endings.ts";
import { entryOf, isDue, isEntry, isOf, labelOf, listed } from "./entry.ts";
import { held } from "./hold.ts";
import { hasFailed } from "./outcome.ts";
import { resumed } from "./resume.ts";
import { routeOf } from "./route.ts";
import { SavedCall, dropLater } from "./saved-call.ts";
import { type SavedItems, savedIn } from "./store.ts";
import { uploadsIn } from "./uploads.ts";

/** The operations, and those on what is saved. */
export interface Journal extends Operations {
  pending: Call;
  forget: Call;
}

/** The operations on `core`, with requests saved where `options.persist` says. */
export function over(core: Operations): Journal {
  return {
    ...core,
    submit: (config, id, options) => submitted(core.submit, config, id, options, false),
    subscribe: (config, id, options) => submitted(core.subscribe, config, id, options, true),
    async upload(config, file, options: any) {
      return core.upload(config, file, { ...options, store: uploadsIn(savedIn(options.persist), config) });
    },
    result: dropping(core.result, hasFailed),
    cancel: dropping(core.cancel, () => false),
    async resume(config, given, options: any) {
      const { signal, end } = leaving({ ...options, requestId: (given as any)?.requestId ?? given });
      try {
        const saved = savedAnywhere(options);
        const found = await unlessAborted(signal, findEntry(saved, config, given, options));
        return await resumed({ core, config, saved, options, signal, ...found });
      } finally {
        end();
      }
    },
    async pending(config, _subject, options: any) {
      await callsThatLeave();
      const saved = savedAnywhere(options);
      const route = options.allRoutes ? undefined : await routeOf(config);
      const entries = await saved.requests();
      const due = entries.filter(isDue);
      for (const { requestId } of due) void saved.drop(requestId);
      const ours = entries.filter((entry) => !due.includes(entry) && (options.allRoutes || isOf(route, entry)));
      const ids = await held();
      const requests = ours.map((entry): PendingRequest => listed(entry, ids.has(entry.requestId)));
      return requests.sort((a, b) => a.submittedAt - b.submittedAt);
    },
    async forget(_config, given: any, options) {
      await callsThatLeave();
      await savedAnywhere(options).forget(given?.requestId ?? given);
    },
  };
}

/** Submits, and saves the request before the caller is told of it. */
async function submitted(submit: Call, config: object, id: unknown, options: any, isFollowed: boolean): Promise<unknown> {
  const saved = savedIn(options.persist);
  const label = labelOf(options);
  const logs = isFollowed && options.logs;
  // What the middleware says must not hold the submit up, nor end it.
  const asked = routeOf(config).catch(() => undefined);
  const call = new SavedCall(saved, options);
  const onSubmitted = async (reply: unknown): Promise<void> => call.save(entryOf(id, reply, { logs, label, route: await asked }), isFollowed);
  const given = { ...call.options(), onSubmitted, store: uploadsIn(saved, config) };
  return call.run(() => submit(config, id, given), isFollowed);
}

/** A call after which its request is dropped, also where `isEnd` says so of its failure. */
function dropping(call: Call, isEnd: (reason: unknown) => boolean): Call {
  return async (config, id, options: any) => {
    const saved = savedIn(options.persist);
    let isOver = true;
    try {
      return await call(config, id, options);
    } catch (reason) {
      isOver = isEnd(reason);
      throw reason;
    } finally {
      if (isOver) dropLater(saved, options.requestId);
    }
  };
}

/** What `resume` was given: an entry, or the id of one that is saved. */
async function findEntry(saved: SavedItems, config: object, given: any, options: any): Promise<{ entry: PendingEntry; isSaved: boolean; isOurs: boolean }> {
  const requestId: unknown = given?.requestId ?? given;
  // With an entry at hand the request can be followed without its store.
  const entries = await saved.requests().catch((reason): PendingEntry[] => {
    if (!isEntry(given)) throw reason;
    return [];
  });
  const found = entries.find((entry) => entry.requestId === requestId);
  const entry = isEntry(given) ? given : found;
  if (!entry) throw badArgument("requestId", "is not among the pending requests: give an entry of pending()", {
    given,
    requestId: typeof requestId === "string" ? requestId : undefined,
  });
  const isOurs = isOf(await routeOf(config), entry);
  if (!isOurs && !options.allRoutes) {
    throw badArgument("entry", "belongs to another client, with another proxy or key: resume it there, or with allRoutes: true", { requestId: entry.requestId });
  }
  // What pending() has listed was saved, and is not there any more where its result was delivered.
  return { entry, isSaved: Boolean(found) || "state" in entry, isOurs };
}

/** What is asked for may be in IndexedDB also where the client's setting is not to save. */
function savedAnywhere({ persist }: any): SavedItems {
  return savedIn(persist || true);
}
