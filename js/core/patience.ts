// Waiting for what may never answer: databases, locks, and functions of the caller's.

/** Databases of browsers have been seen to never answer. */
export const PATIENCE_MS = 3_000;

/** Somebody did not answer in time. */
export class Late extends Error {
  constructor(ms: number) {
    super(`it did not answer within ${ms} ms`);
  }
}

/** What `work` resolves with. Rejects with `Late` where that takes longer than `ms` milliseconds. */
export function bounded<T>(work: PromiseLike<T> | (() => T | PromiseLike<T>), ms: number = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(ms)), ms);
  });
  const done = async (): Promise<T> => (typeof work === "function" ? work() : work);
  return Promise.race([late, done()]).finally(() => clearTimeout(timer));
}
