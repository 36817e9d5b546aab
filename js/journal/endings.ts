// Calls of this program that their callers have left, but that have not finished saving. `pending` waits for them, so
// that its list is complete and without finished requests.

import { PATIENCE_MS, awaitAtMost } from "../core/patience.ts";

/** How long to wait for a submit in flight, in milliseconds. If its id is lost, the caller would buy a second job. */
const SUBMIT_MS = 30_000;

/** A call that saves its request. */
export interface Ending {
  /** The caller has left the call, or knows its outcome. */
  readonly isLeft: boolean;
  /** The submit may be in flight, and the request id is not known yet. */
  readonly isSubmitting: boolean;
  /** Resolves when the call has finished saving. */
  readonly done: Promise<void>;
}

const endings = new Set<Ending>();

/** Makes `waitForLeftCalls` wait for a call. */
export function addEnding(ending: Ending): void {
  endings.add(ending);
  void ending.done.then(() => endings.delete(ending));
}

/** Resolves when the calls that were left have finished saving, or after a time limit. */
export async function waitForLeftCalls(): Promise<void> {
  const left = [...endings].filter(({ isLeft }) => isLeft);
  await Promise.all(left.map(({ done, isSubmitting }) => awaitAtMost(done, isSubmitting ? SUBMIT_MS : PATIENCE_MS).catch(() => {})));
}

/** Resolves after the caller's code that awaits a call has run. */
export function letCallerRun(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
