// Which ways to the service carry streams: some proxies hold an answer back until it is
// whole, or know no such URL. That is found out once, and remembered for a while.

import { heldLocks, takeLock } from "./locks.ts";

/** How long a way counts as unfit, in milliseconds. */
const CLOSED_MS = 600_000;
/** Streams that fail over a longer time than this, with none that works in between, fail for the path's sake. */
const OUTAGE_MS = 60_000;

/** A way to the service. */
export interface Path {
  /** What the limit of streams is counted by. */
  readonly name: string;
  /** By `performance.now()`, as clocks are set. */
  closedUntil: number;
  /** When a stream failed together with the network, if none has worked since. */
  lostSince?: number | undefined;
  /** The numbers of the streams of this page. */
  readonly numbers: Set<number>;
}

const paths = new Map<unknown, Path>();

/** The way that a client's calls take: its proxy, its middleware, or the straight one. */
export function pathOf({ proxyUrl, requestMiddleware }: any): Path {
  const key = proxyUrl ?? requestMiddleware ?? "fal";
  let path = paths.get(key);
  if (!path) paths.set(key, (path = { name: String(proxyUrl ?? "fal"), closedUntil: -1, numbers: new Set() }));
  return path;
}

/** Whether it may carry a stream, as far as is known. */
export function isOpen(path: Path): boolean {
  return path.closedUntil < performance.now();
}

/** It does not. */
export function close(path: Path): void {
  path.closedUntil = performance.now() + CLOSED_MS;
}

/** A stream failed while nothing answered. That is an outage, unless it goes on for long. */
export function suspect(path: Path): void {
  const now = performance.now();
  path.lostSince ??= now;
  if (now - path.lostSince > OUTAGE_MS) close(path);
}

/** A stream brought a status. */
export function trust(path: Path): void {
  path.lostSince = undefined;
}

/** Counts a stream that the caller asked for, and that has no limit. Returns a function that ends the count. */
export function occupy({ numbers }: Path): () => void {
  let number = 1;
  while (numbers.has(number)) number += 1;
  numbers.add(number);
  return () => void numbers.delete(number);
}

/**
 * Finds room for one more stream, where all pages of this origin together may have `limit` of them.
 * Returns a function that gives the room back, or nothing if there is none.
 */
export async function enter({ name, numbers }: Path, limit: number): Promise<(() => void) | undefined> {
  const lockName = (number: number): string => `fal-wasm stream ${number} ${name}`;
  /** The locks that other pages hold. */
  let held: string[] = [];
  for (let number = 1; number <= limit; number += 1) {
    if (numbers.has(number) || held.includes(lockName(number))) continue;
    numbers.add(number);
    // Pages whose locks are refused, or do not answer, count for themselves.
    const release = await takeLock(lockName(number)).catch(() => () => {});
    if (release) return () => (numbers.delete(number), release());
    numbers.delete(number);
    held = await heldLocks();
  }
  return undefined;
}
