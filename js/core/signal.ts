import { abortFacts, detachFacts } from "../stop.ts";

/** The signals by which a caller leaves a call, and the id of its request, if it has one. */
interface Signals {
  abortSignal?: AbortSignal | undefined;
  detachSignal?: AbortSignal | undefined;
  requestId?: unknown;
}

/**
 * A signal that is aborted with another signal, or by `end`. `end` also removes the listener from the other signal.
 * Throws the facts of the abort if the other signal is already aborted.
 */
export function linkSignal(other: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
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
 * One signal for an abort and a detach of a call. It is aborted with the reason of `abortSignal`, or with the facts of
 * a detached call. `end` removes the listeners from the caller's signals.
 */
export function leaveSignal({ abortSignal, detachSignal, requestId }: Signals): { signal: AbortSignal; end: () => void } {
  const aborted = linkSignal(abortSignal);
  if (!detachSignal) return aborted;
  const controller = new AbortController();
  const abort = (): void => controller.abort(aborted.signal.reason);
  const detach = (): void => controller.abort(detachFacts(requestId as string | undefined));
  if (detachSignal.aborted) detach();
  aborted.signal.addEventListener("abort", abort);
  detachSignal.addEventListener?.("abort", detach);
  const end = (): void => {
    detachSignal.removeEventListener?.("abort", detach);
    aborted.end();
  };
  return { signal: controller.signal, end };
}
