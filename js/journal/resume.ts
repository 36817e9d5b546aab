// Resumes a saved request.

import { unlessAborted } from "../abort.ts";
import type { ResolvedConfig } from "../resolved-config.ts";
import type { Operations } from "../core/operations.ts";
import type { FollowingOptions } from "../core/settings.ts";
import type { ProblemFacts } from "../facts.ts";
import type { ResumeOptions } from "../types/journal.ts";
import type { PendingEntry } from "../types/persist.ts";
import { isYoung, requestOptions } from "./entry.ts";
import { isUnknownToFal } from "./outcome.ts";
import { SavedCall } from "./saved-call.ts";
import type { SavedItems } from "./store.ts";

/** The delay before asking again for a request that fal does not know, in milliseconds. */
const ASK_AGAIN_MS = 2_000;

/** Options of `resume`. */
export type ResumingOptions = FollowingOptions & ResumeOptions;

/** The arguments for resuming a request. */
export interface Resumption {
  core: Operations;
  config: ResolvedConfig;
  saved: SavedItems;
  options: ResumingOptions;
  /** Aborted when the caller aborts or detaches the call. */
  signal: AbortSignal;
  entry: PendingEntry;
  /** The entry is saved, or was when it was listed. */
  isSaved: boolean;
  /** The entry belongs to this client. */
  isOurs: boolean;
}

/** Follows a saved request as `subscribe` does, and returns its result. */
export async function resumeRequest(it: Resumption): Promise<object> {
  const { saved, options, signal, entry, isSaved } = it;
  const { requestId } = entry;
  const call = new SavedCall(saved, options);
  let isFree = false;
  try {
    const isTaken = await call.take(entry, signal);
    signal.throwIfAborted();
    if (!isTaken) throw inUseFacts(requestId, "Another call follows this request, here or in another tab; wait: true waits for its end");
    // With `wait`, the caller wants the result even if another call has delivered it.
    isFree = options.wait || !isSaved || (await unlessAborted(signal, isStillSaved(saved, requestId)));
    if (!isFree) throw inUseFacts(requestId, "Another call has delivered the result of this request, or forgotten it");
  } finally {
    if (!isFree) call.leave();
  }
  return call.run(() => follow(it, call));
}

async function follow({ core, config, saved, options, signal, entry, isSaved, isOurs }: Resumption, call: SavedCall<ResumingOptions>): Promise<object> {
  const { logs = entry.logs } = options;
  const ask = (more: { timeout?: number } | 0 | undefined): Promise<object> => core.resume(config, entry.endpointId, { ...call.options(), ...requestOptions(entry), logs, ...more });
  const began = performance.now();
  /** The rest of the caller's time limit. */
  const timeout = (): number => options.timeout! - (performance.now() - began);
  try {
    return await ask({});
  } catch (reason) {
    if (!isUnknownToFal(reason) || isYoung(entry) || !isOurs) throw reason;
    // Perhaps only one of fal's servers does not know the request, so ask again.
    if (timeout() < ASK_AGAIN_MS) throw reason;
    await unlessAborted(signal, new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS)));
  }
  try {
    return await ask(options.timeout && { timeout: timeout() });
  } catch (reason) {
    if (!isUnknownToFal(reason)) throw reason;
    if (isSaved) await saved.save({ ...(await findSavedEntry(saved, entry)), expiredAt: Date.now() } as PendingEntry);
    throw expiryFacts(entry.requestId, reason);
  }
}

/** The entry as it is saved, without the fields that `pending` adds. */
async function findSavedEntry(saved: SavedItems, entry: PendingEntry): Promise<PendingEntry> {
  const entries = await saved.requests().catch((): PendingEntry[] => []);
  return entries.find(({ requestId }) => requestId === entry.requestId) ?? entry;
}

async function isStillSaved(saved: SavedItems, requestId: string): Promise<boolean> {
  // If the store cannot be read, assume that the request is still saved.
  const entries = await saved.requests().catch(() => undefined);
  return !entries || entries.some((item) => item.requestId === requestId);
}

function inUseFacts(requestId: string, problem: string): ProblemFacts {
  return { falCode: "in_use", requestId, problem };
}

function expiryFacts(requestId: string, cause: unknown): ProblemFacts {
  const problem = "The service does not know this request any more: results are kept for a limited time. It stays listed as expired for a week, or until forget";
  return { falCode: "expired", requestId, problem, cause };
}
