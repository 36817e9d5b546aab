// Which ways to the service carry streams: some proxies hold an answer back until it is
// whole, or know no such URL. That is found out once, and remembered for a while.

/** How long a way counts as unfit, in milliseconds. */
const CLOSED_MS = 600_000;
/**
 * Streams at one time, over all pages of an origin. Browsers open six connections to one host
 * over HTTP/1.1; the others are left to the page.
 */
const STREAMS = [1, 2, 3];

/** A way to the service. */
export interface Path {
  /** What the limit of streams is counted by. */
  readonly name: string;
  closedUntil: number;
  streams: number;
}

const paths = new Map<unknown, Path>();

/** The way that a client's calls take: its proxy, its middleware, or the straight one. */
export function pathOf({ proxyUrl, requestMiddleware }: any): Path {
  const key = proxyUrl ?? requestMiddleware ?? "fal";
  let path = paths.get(key);
  if (!path) paths.set(key, (path = { name: String(proxyUrl ?? "fal"), closedUntil: 0, streams: 0 }));
  return path;
}

/** Whether it may carry a stream, as far as is known. */
export function isOpen(path: Path): boolean {
  return path.closedUntil < Date.now();
}

/** It does not. */
export function close(path: Path): void {
  path.closedUntil = Date.now() + CLOSED_MS;
}

/** Room for one more stream: what gives it back, nothing where there is none. */
export async function enter(path: Path): Promise<(() => void) | undefined> {
  if (path.streams >= STREAMS.length) return undefined;
  path.streams += 1;
  const leave = (): void => void (path.streams -= 1);
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return leave;
  for (const number of STREAMS) {
    const release = await lock(locks, `fal-wasm stream ${number} ${path.name}`);
    if (release) return () => (leave(), release());
  }
  leave();
  return undefined;
}

function lock(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const held = locks.request(name, { ifAvailable: true }, (lock) =>
      lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined),
    );
    // Sandboxed pages have no locks: they count for themselves.
    held.catch(() => resolve(() => {}));
  });
}
