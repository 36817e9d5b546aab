// Whether the page is going away. Its connections are cut then, which is no reason to open others:
// a browser may have the next page's requests wait for them.

let isLeaving = false;
// Workers and servers have no such events.
if (globalThis.document) {
  globalThis.addEventListener("pagehide", () => (isLeaving = true));
  globalThis.addEventListener("pageshow", () => (isLeaving = false));
}

/** Firefox cuts a page's connections before it tells the page that it goes away. */
const TOLD_WITHIN_MS = 300;

/** Waits after a connection was cut while the page is going away: until it is shown again, or the call has ended. */
export async function untilStaying(signal: AbortSignal): Promise<void> {
  if (!globalThis.document) return;
  await either(signal, (end) => void setTimeout(end, TOLD_WITHIN_MS));
  if (isLeaving) await either(signal, (end) => globalThis.addEventListener("pageshow", end, { once: true }));
}

/** Waits for what calls its argument, or until the signal is aborted. */
function either(signal: AbortSignal, begin: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", end);
    begin(end);
  });
}
