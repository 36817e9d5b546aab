// What the end of a call means for its request: whether there is anything left to come back for.

/** A cancel's answers of fal's (protocol §5.6). */
const CANCELLED = ["OK", "CANCELLATION_REQUESTED", "ALREADY_COMPLETED", "NOT_FOUND"];

/** fal's words for a request that it does not know, in place of a result (protocol §3.2). */
const UNKNOWN = /^\s*request not found\s*$/i;

/** What came of a call after its caller had left it: see `watch.js`. */
export interface Aftermath {
  /** An answer as the Rust side gives it, or the facts of a failure. */
  value: any;
  isError: boolean;
}

/**
 * Whether a request has failed for a reason of its own, which its caller is being told. In doubt it has not:
 * what servers in between say is no failure of the job.
 * @param reason what the call was rejected with
 * @param status the request's last known status
 */
export function hasFailed(reason: any, status?: any): boolean {
  const { falCode, operation, body, status: http } = reason ?? {};
  if (falCode === "job_failed") return true;
  if (falCode !== "http" || operation !== "result") return false;
  if (isText(status?.error) || isText(status?.error_type)) return true;
  if (isText(body?.error_type)) return http !== 429;
  return isFinding(body?.detail) || (http === 422 && isText(body?.detail));
}

/** Whether this is what models say of their input. What a framework finds of a GET is about its headers or query. */
function isFinding(detail: unknown): boolean {
  return Array.isArray(detail) && detail.some((finding) => finding?.loc?.[0] === "body");
}

/** Whether fal's own words are that it does not know the request (protocol §3.2). Other servers answer 404, too. */
export function isUnknownToFal({ falCode, operation, status, body, requestId }: any = {}): boolean {
  const isAsked = operation === "status" || operation === "result";
  const isWord = body?.status === "NOT_FOUND" || UNKNOWN.test(body?.detail);
  const isOther = isText(body?.request_id) && body.request_id !== requestId;
  return falCode === "http" && status === 404 && isAsked && isWord && !isOther;
}

/** Whether the service has taken a cancel, or there was nothing left to cancel. */
export function isCancelled(aftermath: Aftermath | undefined): boolean {
  if (!aftermath) return false;
  const { value, isError } = aftermath;
  if (!isError) return isCancelAnswer(value?.body, isText);
  const { falCode, operation, status, body } = value ?? {};
  const isMeant = falCode === "http" && operation === "cancel" && (status === 400 || status === 404);
  return isMeant && isCancelAnswer(body, (word) => CANCELLED.includes(word as string));
}

function isCancelAnswer(body: any, isWord: (word: unknown) => boolean): boolean {
  const isEmpty = body === undefined || body === null || body === "";
  return isEmpty || isWord(body.status) || body.success === true || UNKNOWN.test(body.detail);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
