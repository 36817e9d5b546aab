// The calls of this program that their callers have left, and that are not through with what they save: `pending`
// waits for them, so that it lists neither too little nor too much.

import { PATIENCE_MS, bounded } from "../core/patience.ts";

/** As long as that a submit in flight is waited for, in milliseconds: without its id a second job would be bought. */
const SUBMIT_MS = 30_000;

/** A call and what it still has to do. */
export interface Ending {
  /** Its caller has left it, or been told its end. */
  readonly isLeft: boolean;
  /** Its job may be on its way, and nobody has its id yet. */
  readonly isSubmitting: boolean;
  /** Resolves when it is through. */
  readonly done: Promise<void>;
}

const endings = new Set<Ending>();

/** Has `callsThatLeave` wait for a call from here on. */
export function addEnding(ending: Ending): void {
  endings.add(ending);
  void ending.done.then(() => endings.delete(ending));
}

/** Resolves when the calls that were left are through, or have had their time. */
export async function callsThatLeave(): Promise<void> {
  const left = [...endings].filter(({ isLeft }) => isLeft);
  await Promise.all(left.map(({ done, isSubmitting }) => bounded(done, isSubmitting ? SUBMIT_MS : PATIENCE_MS).catch(() => {})));
}

/** When the caller's code has run that awaits a call. */
export function callerWasTold(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
