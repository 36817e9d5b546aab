import { abortFacts, detached } from "../../src/browser/watch.js";

/**
 * A signal that is aborted with another, or by `end`, which lets go of the other.
 * Throws the reason of one that is aborted already.
 */
export function linked(other: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
  if (other?.aborted) throw abortFacts(other.reason);
  const controller = new AbortController();
  const abort = (): void => controller.abort(other?.reason);
  other?.addEventListener?.("abort", abort);
  const end = (): void => {
    other?.removeEventListener?.("abort", abort);
    controller.abort();
  };
  return { signal: controller.signal, end };
}

/**
 * One signal for both ways to leave a call: aborted with the reason of `abortSignal`, or with the facts of
 * `detached`. `end` lets go of the caller's signals.
 */
export function leaving({ abortSignal, detachSignal, requestId }: any): { signal: AbortSignal; end: () => void } {
  const aborted = linked(abortSignal);
  if (!detachSignal) return aborted;
  const controller = new AbortController();
  const abort = (): void => controller.abort(aborted.signal.reason);
  const detach = (): void => controller.abort(detached(requestId));
  if (detachSignal.aborted) detach();
  aborted.signal.addEventListener("abort", abort);
  detachSignal.addEventListener?.("abort", detach);
  const end = (): void => {
    detachSignal.removeEventListener?.("abort", detach);
    aborted.end();
  };
  return { signal: controller.signal, end };
}
