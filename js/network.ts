// Loading over the network, which may be away.

/** The longest delay that timers take; a longer one would fire at once. */
const MAX_MS = 2_147_483_647;

/** Whether there is no network at all: only `false` says so, and some runtimes say nothing. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Waits until there is a network. */
export function online(): Promise<void> {
  return new Promise((resolve) => {
    if (isOffline()) globalThis.addEventListener("online", () => resolve(), { once: true });
    else resolve();
  });
}

/** Loads something. What failed while there was no network is tried again when it is back. */
export async function overNetwork<T>(load: () => Promise<T>): Promise<T> {
  const wasOffline = isOffline();
  try {
    return await load();
  } catch (reason) {
    if (!wasOffline && !isOffline()) throw reason;
    await online();
    return overNetwork(load);
  }
}

/** Waits for what is being loaded, and, while there is no network, for no more than `ms` milliseconds. */
export async function inTime<T>(loading: Promise<T>, ms: unknown): Promise<T> {
  if (!isOffline() || !(typeof ms === "number" && ms > 0 && ms <= MAX_MS)) return loading;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => isOffline() && reject({ falCode: "timeout", timeoutMs: ms }), ms);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `report` if there is no network, and what is being loaded is not here yet. */
export function ifLoadWaits(loading: Promise<unknown>, report: () => void): void {
  if (!isOffline()) return;
  // What was loaded before is here within this task.
  const timer = setTimeout(report);
  const stop = (): void => clearTimeout(timer);
  loading.then(stop, stop);
}

/** Whether the package's files come over the network, and not from this machine. */
export function isRemote(): boolean {
  const { protocol = "", hostname = "" } = globalThis.location ?? {};
  return /^https?:$/.test(protocol) && !/^((.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}
