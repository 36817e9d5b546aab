// One call at a time follows a request, over all tabs of the origin: by Web Locks, and where
// there are none (Node, pages over http), at least within this program.

import { type Release, heldLocks, takeLock, waitForLock } from "../core/locks.ts";

export type { Release };

const PREFIX = "fal-wasm:";
/** A page that goes away while its next one comes up still holds its locks for a moment. */
const LEAVING_MS = 1_000;

/**
 * Takes hold of a request; nothing where another call keeps it.
 * @param waits until it is free, or `signal` is aborted; else for a second
 */
export async function hold(requestId: string, waits: unknown, signal?: AbortSignal): Promise<Release | undefined> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const timer = waits ? undefined : setTimeout(end, LEAVING_MS);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    return await locked(PREFIX + requestId, ended.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** The ids of all requests that are held. */
export async function held(): Promise<Set<string>> {
  const names = [...here.keys(), ...(await heldLocks())];
  return new Set(names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
}

async function locked(name: string, signal: AbortSignal): Promise<Release | undefined> {
  let free: Release | undefined;
  try {
    free = await takeLock(name);
  } catch {
    // A frame without an origin is refused.
    return heldHere(name, signal);
  }
  return free ?? waitForLock(name, signal).catch(() => undefined);
}

/** What is held in this program, with what resolves when it is free. */
const here = new Map<string, Promise<void>>();

async function heldHere(name: string, signal: AbortSignal): Promise<Release | undefined> {
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
  for (let other = here.get(name); other; other = here.get(name)) {
    await Promise.race([other, ended]);
    if (signal.aborted) return undefined;
  }
  let free: Release;
  here.set(name, new Promise((resolve) => (free = resolve)));
  return () => {
    here.delete(name);
    free();
  };
}
