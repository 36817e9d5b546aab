import { ApiError, FalError } from "./errors.ts";

/** The fields of an error that are read here. */
interface Cause {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  cause?: unknown;
}

/** The codes of network failures in Node. */
const NETWORK_CODE = /^(EAI_AGAIN|ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|UND_ERR_(BODY|CONNECT|HEADERS|SOCKET))/;

/** The messages of `fetch` for network failures in Node, Chromium, Firefox and Safari. */
const NETWORK_MESSAGE = /fetch failed|failed to fetch|networkerror|load failed/i;

/**
 * Whether the same call may succeed on a retry: the connection failed, or the answer had one of
 * these statuses. False if the caller ended the call by a signal, a timeout or `startTimeout`.
 *
 * A retry may cost: a submit without an answer may have arrived, and its retry may be billed as a
 * second job.
 *
 * @example
 * ```ts
 * const reason = await fal.queue.status("acme/app", { requestId }).catch((error: unknown) => error);
 * if (isRetryableError(reason, [429, 503])) fetchLater(requestId);
 * ```
 */
export function isRetryableError(error: unknown, retryableStatusCodes: number[]): boolean {
  if (error instanceof ApiError) {
    return !error.isUserTimeout && retryableStatusCodes.includes(error.status);
  }
  const chain = causes(error as Cause | undefined);
  if (chain.some(({ name }) => name === "AbortError" || name === "TimeoutError")) return false;
  return chain.some(isNetworkError);
}

function isNetworkError(error: Cause): boolean {
  return (
    (error instanceof FalError && error.code === "network") ||
    (typeof error.code === "string" && NETWORK_CODE.test(error.code)) ||
    (error instanceof TypeError && NETWORK_MESSAGE.test(error.message))
  );
}

/** An error, its cause, the cause's cause, … */
function causes(error: Cause | undefined): Cause[] {
  const chain = new Set<Cause>();
  for (let it = error; it && typeof it === "object" && !chain.has(it); it = it.cause as Cause) chain.add(it);
  return [...chain];
}
