// Waits before a retry or the next poll.

/** The longest delay of a timer. A longer one would fire at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/** Whether the page is hidden. */
export function isHidden(): boolean {
  return Boolean(globalThis.document?.hidden);
}

/**
 * Waits for `ms` milliseconds or until the signal is aborted. With `mayEndEarly`, also wakes on `online` and when the
 * page is shown.
 */
export function delay(ms: number, signal: AbortSignal, mayEndEarly: boolean): Promise<void> {
  return new Promise((resolve) => {
    const { document } = globalThis;
    const end = (): void => {
      clearTimeout(timer);
      // Removes each listener by hand. A signal for all of them may be of a class that these targets refuse.
      signal.removeEventListener("abort", end);
      globalThis.removeEventListener?.("online", end);
      document?.removeEventListener("visibilitychange", endIfSeen);
      resolve();
    };
    const endIfSeen = (): void => {
      if (!isHidden()) end();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
    signal.addEventListener("abort", end);
    if (!mayEndEarly) return;
    globalThis.addEventListener?.("online", end);
    document?.addEventListener("visibilitychange", endIfSeen);
  });
}
