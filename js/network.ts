// Loads modules while the network may be offline.

import type { TimeoutFacts } from "./facts.ts";

/** The longest delay of a timer. A longer one would fire at once. */
const MAX_MS = 2_147_483_647;

/** Whether the device is offline. Only `false` says so; some runtimes have no such property. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Waits until there is a network. */
export function waitUntilOnline(): Promise<void> {
  return new Promise((resolve) => {
    if (isOffline()) globalThis.addEventListener("online", () => resolve(), { once: true });
    else resolve();
  });
}

/** Loads a module. If that fails while the device is offline, it retries when the network is back. */
export async function loadOverNetwork<T>(load: () => Promise<T>): Promise<T> {
  const wasOffline = isOffline();
  try {
    return await load();
  } catch (reason) {
    if (!wasOffline && !isOffline()) throw reason;
    await waitUntilOnline();
    return loadOverNetwork(load);
  }
}

/** Waits for modules that are loading. While the device is offline, it rejects after `ms` milliseconds. */
export async function inTime<T>(loading: Promise<T>, ms: unknown): Promise<T> {
  if (!isOffline() || !(typeof ms === "number" && ms > 0 && ms <= MAX_MS)) return loading;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => isOffline() && reject({ falCode: "timeout", timeoutMs: ms } satisfies TimeoutFacts), ms);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `report` if the device is offline and the modules are not loaded yet. */
export function ifLoadWaits(loading: Promise<unknown>, report: () => void): void {
  if (!isOffline()) return;
  // A module that was loaded before is ready within this task.
  const timer = setTimeout(report);
  const stop = (): void => clearTimeout(timer);
  loading.then(stop, stop);
}

/** Whether the package's files come from another machine. */
export function isRemote(): boolean {
  const { protocol = "", hostname = "" } = globalThis.location ?? {};
  return /^https?:$/.test(protocol) && !/^((.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}
