// Web Locks, as far as they answer: sandboxed pages are refused, and some have been seen to say nothing.

import { Late, bounded } from "./patience.ts";

/** Longer than this no lock manager thinks about whether a lock is free, in milliseconds. */
const ANSWER_MS = 1_000;

/** Gives a lock back. */
export type Release = () => void;

/** The lock manager has not answered: it is not waited for again until it does. */
let isSilent = false;

/**
 * Takes a lock if it is free: how to give it back, nothing where somebody else has it.
 * Rejects where there are no locks, or where these do not answer.
 */
export async function takeLock(name: string): Promise<Release | undefined> {
  if (isSilent) throw new Late(ANSWER_MS);
  let isLate = false;
  const asked = request(name, { ifAvailable: true }).then((release) => {
    isSilent = false;
    // Nobody waits for it any more.
    if (isLate) release?.();
    return release;
  });
  try {
    return await bounded(asked, ANSWER_MS);
  } catch (reason) {
    isLate = isSilent = reason instanceof Late;
    throw reason;
  }
}

/** Waits for a lock until the signal is aborted. */
export function waitForLock(name: string, signal: AbortSignal): Promise<Release | undefined> {
  return request(name, { signal });
}

/** The names of the locks that are held, over all pages of this origin; none where that cannot be told. */
export async function heldLocks(): Promise<string[]> {
  if (isSilent) return [];
  try {
    const { held = [] } = await bounded(manager().query(), ANSWER_MS);
    return held.map(({ name = "" }) => name);
  } catch {
    return [];
  }
}

function request(name: string, options: LockOptions): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const take = (lock: unknown): Promise<void> | undefined => {
      if (!lock) return void resolve(undefined);
      return new Promise<void>((release) => resolve(release));
    };
    manager().request(name, options, take).catch(reject);
  });
}

function manager(): LockManager {
  return globalThis.navigator.locks;
}
