import { abortFacts } from "./stop.ts";

/**
 * Waits for work until the signal is aborted. Then it rejects with `facts`, by default with the facts of the abort.
 * The work itself goes on.
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
