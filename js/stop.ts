// How a caller ends a call early, as the facts that the call rejects with.

import type { AbortFacts, DetachFacts } from "./facts.ts";

/**
 * The facts of an abort. If the caller gave a reason of its own, the call rejects with that. A signal's default
 * reason becomes an exception that names the request.
 */
export function abortFacts(reason: unknown): unknown {
  const isOwn = reason !== undefined && !isDefault(reason);
  return isOwn ? reason : ({ falCode: "aborted", reason } satisfies AbortFacts);
}

/** Whether a reason is the default of `abort()` or of `AbortSignal.timeout`. */
function isDefault(reason: unknown): reason is DOMException {
  const isException = Object.prototype.toString.call(reason) === "[object DOMException]";
  return isException && /^(AbortError|TimeoutError)$/.test((reason as DOMException).name);
}

/** The facts of a detached call: its caller left it, and its request goes on. */
export function detachFacts(requestId: string | undefined): DetachFacts {
  return { falCode: "detached", requestId };
}
