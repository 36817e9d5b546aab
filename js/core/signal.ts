import { abortFacts } from "../../src/browser/watch.js";

/**
 * A signal that is aborted with another, or by `end`, which lets go of the other.
 * Throws the reason of one that is aborted already.
 */
export function linked(other: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
  if (other?.aborted) throw abortFacts(other.reason);
  const controller = new AbortController();
  const abort = (): void => controller.abort(other?.reason);
  other?.addEventListener("abort", abort);
  const end = (): void => {
    other?.removeEventListener("abort", abort);
    controller.abort();
  };
  return { signal: controller.signal, end };
}
