// One call at a time follows a request, over all tabs of the origin: by Web Locks, and where
// there are none (Node, pages over http), at least within this program.

const PREFIX = "fal-wasm:";
/** A page that goes away while its next one comes up still holds its locks for a moment. */
const LEAVING_MS = 1_000;

/** Lets go of a request. */
export type Release = () => void;

/**
 * Takes hold of a request; nothing where another call keeps it.
 * @param waits until it is free, or `signal` is aborted; else for a second
 */
export async function hold(requestId: string, waits: unknown, signal?: AbortSignal): Promise<Release | undefined> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const timer = waits ? undefined : setTimeout(end, LEAVING_MS);
  signal?.addEventListener("abort", end);
  try {
    return await locked(PREFIX + requestId, ended.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** The ids of all requests that are held. */
export async function held(): Promise<Set<string>> {
  const names = [...here.keys()];
  try {
    const { held = [] } = (await locks()?.query()) ?? {};
    names.push(...held.map(({ name = "" }) => name));
  } catch {
    // Not in this frame: see below.
  }
  return new Set(names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
}

function locks(): LockManager | undefined {
  return globalThis.navigator?.locks;
}

async function locked(name: string, signal: AbortSignal): Promise<Release | undefined> {
  const manager = locks();
  if (!manager) return heldHere(name, signal);
  try {
    return await new Promise<Release>((resolve, reject) => {
      manager.request(name, { signal }, () => new Promise<void>(resolve)).catch(reject);
    });
  } catch {
    // A frame without an origin is refused.
    return signal.aborted ? undefined : heldHere(name, signal);
  }
}

/** What is held in this program, with what is told when it is free. */
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
