// Ensures that only one call at a time follows a request, over all tabs of the origin, with Web Locks. Without Web
// Locks (Node, pages over http), it ensures that within this program.

import { type Release, heldLocks, takeLock, waitForLock } from "../core/locks.ts";

export type { Release };

const PREFIX = "fal-wasm:";
/** During a reload, the old page still holds its locks for a moment. In milliseconds. */
const LEAVING_MS = 1_000;

/**
 * Takes the lock of a request. Returns nothing if another call keeps it.
 * @param waits whether to wait until the lock is free or `signal` is aborted, instead of for one second
 */
export async function hold(requestId: string, waits: unknown, signal?: AbortSignal): Promise<Release | undefined> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const timer = waits ? undefined : setTimeout(end, LEAVING_MS);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    return await lockOrWait(PREFIX + requestId, ended.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** The ids of all requests that are held. */
export async function heldRequests(): Promise<Set<string>> {
  const names = [...locksHere.keys(), ...(await heldLocks())];
  return new Set(names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
}

async function lockOrWait(name: string, signal: AbortSignal): Promise<Release | undefined> {
  let free: Release | undefined;
  try {
    free = await takeLock(name);
  } catch {
    // The browser refuses locks to a frame without an origin.
    return holdHere(name, signal);
  }
  return free ?? waitForLock(name, signal).catch(() => undefined);
}

/** The locks held within this program. Each promise resolves when its lock is free. */
const locksHere = new Map<string, Promise<void>>();

async function holdHere(name: string, signal: AbortSignal): Promise<Release | undefined> {
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
  for (let other = locksHere.get(name); other; other = locksHere.get(name)) {
    await Promise.race([other, ended]);
    if (signal.aborted) return undefined;
  }
  let free: Release;
  locksHere.set(name, new Promise((resolve) => (free = resolve)));
  return () => {
    locksHere.delete(name);
    free();
  };
}
