// Web Locks with time limits. Sandboxed pages are refused, and some lock managers never answer.

import { Late, awaitAtMost } from "./patience.ts";

/** A working lock manager tells within this time whether a lock is free, in milliseconds. */
const ANSWER_MS = 1_000;

/** Releases a lock. */
export type Release = () => void;

/** The lock manager has not answered. Until it does, nothing waits for it again. */
let isSilent = false;

/**
 * Takes a lock if it is free, and returns a function that releases it. Returns nothing if the lock is held.
 * Rejects if the runtime has no locks, or if they do not answer.
 */
export async function takeLock(name: string): Promise<Release | undefined> {
  if (isSilent) throw new Late(ANSWER_MS);
  let isLate = false;
  const asked = request(name, { ifAvailable: true }).then((release) => {
    isSilent = false;
    // The caller has given up, so release the lock.
    if (isLate) release?.();
    return release;
  });
  try {
    return await awaitAtMost(asked, ANSWER_MS);
  } catch (reason) {
    isLate = isSilent = reason instanceof Late;
    throw reason;
  }
}

/** Waits for a lock until the signal is aborted. */
export function waitForLock(name: string, signal: AbortSignal): Promise<Release | undefined> {
  return request(name, { signal });
}

/** The names of the held locks, over all pages of this origin. Empty if the runtime cannot tell. */
export async function heldLocks(): Promise<string[]> {
  if (isSilent) return [];
  try {
    const { held = [] } = await awaitAtMost(manager().query(), ANSWER_MS);
    return held.map(({ name = "" }) => name);
  } catch {
    return [];
  }
}

function request(name: string, options: LockOptions): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const take = (lock: unknown): Promise<void> | undefined => {
      if (lock) return new Promise<void>((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    manager().request(name, options, take).catch(reject);
  });
}

function manager(): LockManager {
  return globalThis.navigator.locks;
}
