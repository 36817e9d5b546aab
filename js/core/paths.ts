// Which routes to the service carry event streams. Some proxies hold an answer back until it is complete, or refuse
// the URL. The client remembers such a route for a while.

import type { ResolvedConfig } from "../resolved-config.ts";
import { heldLocks, takeLock } from "./locks.ts";

/** How long a route counts as unable to stream, in milliseconds. */
const CLOSED_MS = 600_000;
/** If all streams fail for longer than this, in milliseconds, the route is the cause and not an outage. */
const OUTAGE_MS = 60_000;

/** A route to the service. */
export interface Route {
  /** The name under which streams are counted. */
  readonly name: string;
  /** In time of `performance.now()`, as the user may set the clock. */
  closedUntil: number;
  /** When a stream first failed together with the network, if none has worked since. */
  lostSince?: number | undefined;
  /** The numbers of this page's streams. */
  readonly numbers: Set<number>;
}

const routes = new Map<unknown, Route>();

/** The route of a client's calls: its proxy, its middleware, or directly to fal. */
export function streamRouteOf({ proxyUrl, requestMiddleware }: ResolvedConfig): Route {
  const key = proxyUrl ?? requestMiddleware ?? "fal";
  let route = routes.get(key);
  if (!route) routes.set(key, (route = { name: String(proxyUrl ?? "fal"), closedUntil: -1, numbers: new Set() }));
  return route;
}

/** Whether the route may carry an event stream. */
export function mayStream(route: Route): boolean {
  return route.closedUntil < performance.now();
}

/** Marks the route as unable to stream. */
export function stopStreaming(route: Route): void {
  route.closedUntil = performance.now() + CLOSED_MS;
}

/** A stream failed, and other requests got no answer, too. That is an outage, unless it lasts long. */
export function suspectRoute(route: Route): void {
  const now = performance.now();
  route.lostSince ??= now;
  if (now - route.lostSince > OUTAGE_MS) stopStreaming(route);
}

/** A stream brought a status, so the route carries streams. */
export function trustRoute(route: Route): void {
  route.lostSince = undefined;
}

/** Counts a stream that the caller asked for, which has no limit. Returns a function that uncounts it. */
export function countStream({ numbers }: Route): () => void {
  let number = 1;
  while (numbers.has(number)) number += 1;
  numbers.add(number);
  return () => void numbers.delete(number);
}

/**
 * Takes one of `limit` slots for streams, which all pages of this origin share. Returns a function that frees the slot,
 * or nothing if no slot is free.
 */
export async function takeSlot({ name, numbers }: Route, limit: number): Promise<(() => void) | undefined> {
  const lockName = (number: number): string => `fal-wasm stream ${number} ${name}`;
  /** The names of the locks that other pages hold. */
  let held: string[] = [];
  for (let number = 1; number <= limit; number += 1) {
    if (numbers.has(number) || held.includes(lockName(number))) continue;
    numbers.add(number);
    // If locks are refused or do not answer, the page counts only its own streams.
    const release = await takeLock(lockName(number)).catch(() => () => {});
    if (release) return () => (numbers.delete(number), release());
    numbers.delete(number);
    held = await heldLocks();
  }
  return undefined;
}
