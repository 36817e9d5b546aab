// Whether the page is going away. The browser cuts its connections then. The client must not open new ones, as the
// browser may delay the next page's requests behind them.

let isLeaving = false;
// Workers and servers do not have these events.
if (globalThis.document) {
  globalThis.addEventListener("pagehide", () => (isLeaving = true));
  globalThis.addEventListener("pageshow", () => (isLeaving = false));
}

/** Firefox cuts a page's connections before it fires `pagehide`, at most this many milliseconds earlier. */
const PAGEHIDE_DELAY_MS = 300;

/** After a connection was cut: if the page is going away, waits until it is shown again or the call has ended. */
export async function untilStaying(signal: AbortSignal): Promise<void> {
  if (!globalThis.document) return;
  await waitFor(signal, (end) => void setTimeout(end, PAGEHIDE_DELAY_MS));
  if (isLeaving) await waitFor(signal, (end) => globalThis.addEventListener("pageshow", end, { once: true }));
}

/** Waits until the code in `begin` calls `end`, or until the signal is aborted. */
function waitFor(signal: AbortSignal, begin: (end: () => void) => void): Promise<void> {
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
