// Going on with a saved request.

import { unlessAborted } from "../abort.ts";
import type { Operations } from "../core/operations.ts";
import type { PendingEntry } from "../types/journal.ts";
import { followed, isYoung } from "./entry.ts";
import { isUnknownToFal } from "./outcome.ts";
import { SavedCall } from "./saved-call.ts";
import type { SavedItems } from "./store.ts";

/** Between two questions for a request that fal says not to know, in milliseconds. */
const ASK_AGAIN_MS = 2_000;

/** What is to be gone on with. */
export interface Resumption {
  core: Operations;
  config: object;
  saved: SavedItems;
  options: any;
  /** Aborted where the caller leaves the call in either way. */
  signal: AbortSignal;
  entry: PendingEntry;
  /** The entry is in the store, or was when it was listed. */
  isSaved: boolean;
  /** The entry belongs to this client. */
  isOurs: boolean;
}

/** The result of a saved request, followed as `subscribe` would. */
export async function resumed(it: Resumption): Promise<any> {
  const { saved, options, signal, entry, isSaved } = it;
  const { requestId } = entry;
  const call = new SavedCall(saved, options);
  let isFree = false;
  try {
    const isTaken = await call.take(entry, signal);
    signal.throwIfAborted();
    if (!isTaken) throw inUse(requestId, "Another call follows this request, here or in another tab; wait: true waits for its end");
    // Whoever waits wants the result, whoever else has it.
    isFree = options.wait || !isSaved || (await unlessAborted(signal, isStillSaved(saved, requestId)));
    if (!isFree) throw inUse(requestId, "Another call has delivered the result of this request, or forgotten it");
  } finally {
    if (!isFree) call.leave();
  }
  return call.run(() => follow(it, call));
}

async function follow({ core, config, saved, options, signal, entry, isSaved, isOurs }: Resumption, call: SavedCall): Promise<any> {
  const { logs = entry.logs } = options;
  const ask = (more: object): Promise<any> => core.resume(config, entry.endpointId, { ...call.options(), ...followed(entry), logs, ...more });
  const began = performance.now();
  /** What is left of the caller's time. */
  const timeout = (): number => options.timeout - (performance.now() - began);
  try {
    return await ask({});
  } catch (reason) {
    if (!isUnknownToFal(reason) || isYoung(entry) || !isOurs) throw reason;
    // It may be one server of many that does not know it.
    if (timeout() < ASK_AGAIN_MS) throw reason;
    await unlessAborted(signal, new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS)));
  }
  try {
    return await ask(options.timeout && { timeout: timeout() });
  } catch (reason) {
    if (!isUnknownToFal(reason)) throw reason;
    if (isSaved) await saved.save({ ...(await savedEntry(saved, entry)), expiredAt: Date.now() } as PendingEntry);
    throw expired(entry.requestId, reason);
  }
}

/** The entry as it is saved, without what was listed of it. */
async function savedEntry(saved: SavedItems, entry: PendingEntry): Promise<PendingEntry> {
  const entries = await saved.requests().catch((): PendingEntry[] => []);
  return entries.find(({ requestId }) => requestId === entry.requestId) ?? entry;
}

async function isStillSaved(saved: SavedItems, requestId: string): Promise<boolean> {
  // A store that cannot be read says nothing of that.
  const entries = await saved.requests().catch(() => undefined);
  return !entries || entries.some((item) => item.requestId === requestId);
}

function inUse(requestId: string, problem: string): object {
  return { falCode: "in_use", requestId, problem };
}

function expired(requestId: string, cause: unknown): object {
  const problem = "The service does not know this request any more: results are kept for a limited time. It stays listed as expired for a week, or until forget";
  return { falCode: "expired", requestId, problem, cause };
}
