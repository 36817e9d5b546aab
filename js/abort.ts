import { abortFacts } from "../src/browser/watch.js";

/**
 * Waits for work, and no longer than the caller does: rejects with the facts of the abort, or with those that are
 * given, when the signal is aborted. The work itself goes on.
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>, facts?: unknown): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(facts ?? abortFacts(signal?.reason));
    if (signal?.aborted) stop();
    signal?.addEventListener?.("abort", stop);
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal?.removeEventListener?.("abort", stop);
  }
}
