// The operations of the package with `persist`. Requests are saved when they are submitted, and deleted when their
// results were delivered. This is a separate module, loaded at its first use.

import { unlessAborted } from "../abort.ts";
import type { ResolvedConfig } from "../resolved-config.ts";
import { leaveSignal } from "../core/signal.ts";
import { badArgument } from "../core/bad-argument.ts";
import type { Operation, Operations } from "../core/operations.ts";
import type { RequestOptions, SavingOptions, StatusBody, SubmitReply, SubmittingOptions } from "../core/settings.ts";
import type { JournalOptions, PendingOptions, PendingRequest } from "../types/journal.ts";
import type { PendingEntry } from "../types/persist.ts";
import { waitForLeftCalls } from "./endings.ts";
import { entryOf, isDue, isEntry, isOfRoute, labelOf, toPendingRequest } from "./entry.ts";
import { heldRequests } from "./hold.ts";
import { isFinal } from "./outcome.ts";
import { type ResumingOptions, type Resumption, resumeRequest } from "./resume.ts";
import { routeOf } from "./route.ts";
import { SavedCall, dropLater } from "./saved-call.ts";
import { type SavedItems, storeFor } from "./store.ts";
import { uploadsIn } from "./uploads.ts";

/** The operations that save something, or delete a saved request. They are used only with a store. */
type Saving = {
  [Name in "submit" | "subscribe" | "upload" | "result" | "cancel"]: Operations[Name] extends Operation<infer Options, infer Result>
    ? Operation<Options & SavingOptions, Result>
    : never;
};

/** A saved request: its entry or its id. */
type Saved = PendingEntry | string;

/** The operations, with those on saved requests. */
export interface Journal extends Omit<Operations, keyof Saving | "resume">, Saving {
  resume: Operation<ResumingOptions, object, Saved>;
  pending: Operation<PendingOptions, PendingRequest[]>;
  forget: Operation<JournalOptions, void, Saved>;
}

/** Wraps the operations of `core` so that they save requests in the store of `options.persist`. */
export function makeJournal(core: Operations): Journal {
  return {
    ...core,
    submit: (config, id, options) => submitAndSave(core.submit, config, id, options, false),
    subscribe: (config, id, options) => submitAndSave(core.subscribe, config, id, options, true),
    async upload(config, file, options) {
      return core.upload(config, file, { ...options, store: uploadsIn(storeFor(options.persist), config) });
    },
    result: thenDrop(core.result, isFinal),
    cancel: thenDrop(core.cancel, () => false),
    async resume(config, given, options) {
      const { signal, end } = leaveSignal({ ...options, requestId: (given as Partial<PendingEntry>)?.requestId ?? given });
      try {
        const saved = storeOrDatabase(options);
        const found = await unlessAborted(signal, findEntry(saved, config, given, options));
        return await resumeRequest({ core, config, saved, options, signal, ...found });
      } finally {
        end();
      }
    },
    async pending(config, _target, options) {
      await waitForLeftCalls();
      const saved = storeOrDatabase(options);
      const route = options.allRoutes ? undefined : await routeOf(config);
      const entries = await saved.requests();
      const due = entries.filter(isDue);
      for (const { requestId } of due) void saved.drop(requestId);
      const ours = entries.filter((entry) => !due.includes(entry) && (options.allRoutes || isOfRoute(route, entry)));
      const ids = await heldRequests();
      const requests = ours.map((entry): PendingRequest => toPendingRequest(entry, ids.has(entry.requestId)));
      return requests.sort((a, b) => a.submittedAt - b.submittedAt);
    },
    async forget(_config, given, options) {
      await waitForLeftCalls();
      await storeOrDatabase(options).forget((given as PendingEntry)?.requestId ?? given);
    },
  };
}

/** Options of `subscribe` that a submit lacks. */
interface StatusListener {
  logs?: unknown;
  onQueueUpdate?: ((status: StatusBody) => unknown) | undefined;
}

/** Submits a request, and saves it before the caller gets its id. */
async function submitAndSave<Options extends SubmittingOptions & SavingOptions & StatusListener, Result>(
  submit: Operation<Options, Result>,
  config: ResolvedConfig,
  id: unknown,
  options: Options,
  isFollowed: boolean,
): Promise<Result> {
  const saved = storeFor(options.persist);
  const label = labelOf(options);
  const logs = isFollowed && options.logs;
  // Asking the middleware for the route must neither delay the submit nor make it fail.
  const asked = routeOf(config).catch(() => undefined);
  const call = new SavedCall(saved, options);
  const onSubmitted = async (reply: SubmitReply): Promise<void> => call.save(entryOf(id, reply, { logs, label, route: await asked }), isFollowed);
  const given = { ...call.options(), onSubmitted, store: uploadsIn(saved, config) };
  return call.run(() => submit(config, id, given), isFollowed);
}

/** A call that deletes its request afterwards: if it succeeds, or if `isEnd` is true for its failure. */
function thenDrop<Options extends RequestOptions & SavingOptions, Result>(
  call: Operation<Options, Result>,
  isEnd: (reason: unknown) => boolean,
): Operation<Options, Result> {
  return async (config, id, options) => {
    const saved = storeFor(options.persist);
    let isOver = true;
    try {
      return await call(config, id, options);
    } catch (reason) {
      isOver = isEnd(reason);
      throw reason;
    } finally {
      if (isOver) dropLater(saved, options.requestId as string);
    }
  };
}

/** Finds the entry to resume. `given` is an entry, or the request id of a saved one. */
async function findEntry(
  saved: SavedItems,
  config: ResolvedConfig,
  given: Saved,
  options: PendingOptions,
): Promise<Pick<Resumption, "entry" | "isSaved" | "isOurs">> {
  const requestId: unknown = (given as Partial<PendingEntry>)?.requestId ?? given;
  // If the caller gave the entry, the request can be followed without the store.
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
  const isOurs = isOfRoute(await routeOf(config), entry);
  if (!isOurs && !options.allRoutes) {
    throw badArgument("entry", "belongs to another client, with another proxy or key: resume it there, or with allRoutes: true", { requestId: entry.requestId });
  }
  // An entry from pending() was saved when it was listed. If it is no longer saved, its result was delivered.
  return { entry, isSaved: Boolean(found) || "state" in entry, isOurs };
}

/** The store of `persist`, by default IndexedDB: it may hold requests even if the client's setting is not to save. */
function storeOrDatabase({ persist }: JournalOptions): SavedItems {
  return storeFor(persist || true);
}
