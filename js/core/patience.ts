// Waits, with a time limit, for databases, locks and the caller's functions, which may never answer.

/** The default time limit, in milliseconds. Some browsers' databases never answer. */
export const PATIENCE_MS = 3_000;

/** The time limit ran out. */
export class Late extends Error {
  constructor(ms: number) {
    super(`it did not answer within ${ms} ms`);
  }
}

/** Waits for `work`, and returns its value. Rejects with `Late` if that takes longer than `ms` milliseconds. */
export function awaitAtMost<T>(work: PromiseLike<T> | (() => T | PromiseLike<T>), ms: number = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(ms)), ms);
  });
  const done = async (): Promise<T> => (typeof work === "function" ? work() : work);
  return Promise.race([late, done()]).finally(() => clearTimeout(timer));
}
