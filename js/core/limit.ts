// A time limit for each step of a request.

import { newController } from "./controllers.ts";
import { lossFacts } from "./lost.ts";

export interface Limit {
  readonly isLimited: boolean;
  /** Aborted with the outer signal, or when something takes too long. */
  readonly signal: AbortSignal;
  /** Waits for a step, and rejects with facts if it takes too long. */
  within<T>(coming: Promise<T>): Promise<T>;
  /** Removes the listener from the outer signal. */
  end(): void;
}

/** A limit of `ms` milliseconds for each step. Without `ms` there is no limit. */
export function limitTo(ms: number | undefined, outer: AbortSignal): Limit {
  if (ms === undefined) return { isLimited: false, signal: outer, within: (coming) => coming, end() {} };
  const controller = newController();
  const abort = (): void => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener("abort", abort);
  return {
    isLimited: true,
    signal: controller.signal,
    within: (coming) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(lossFacts(new Error(`nothing came for ${ms} ms`)));
          controller.abort();
        }, ms);
        // A program in Node may end before the timer fires, if a `fetch` of its own holds no connection open.
        (timer as { unref?(): void }).unref?.();
        coming.finally(() => clearTimeout(timer)).then(resolve, reject);
      }),
    end: () => outer.removeEventListener("abort", abort),
  };
}
