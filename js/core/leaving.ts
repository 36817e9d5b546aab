// Whether the page is going away. Its connections are cut then, which is no reason to open others:
// a browser may have the next page's requests wait for them.

let isLeaving = false;
// Workers and servers have no such events.
if (globalThis.document) {
  globalThis.addEventListener("pagehide", () => (isLeaving = true));
  globalThis.addEventListener("pageshow", () => (isLeaving = false));
}

/** Waits while the page is going away: until it is shown again, or the call has ended. */
export function whileLeaving(signal: AbortSignal): Promise<void> | void {
  if (!isLeaving || signal.aborted) return;
  return new Promise((resolve) => {
    const end = (): void => {
      globalThis.removeEventListener("pageshow", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    globalThis.addEventListener("pageshow", end);
    signal.addEventListener("abort", end);
  });
}
