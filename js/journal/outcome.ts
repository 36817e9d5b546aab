// What the end of a call means for its request: over for good, gone, or worth another try.

/** Answers of 4xx that are about the call, not the job: keys, limits, proxies. */
const OF_THE_CALL = [401, 403, 404, 407, 408, 409, 425, 429];

/**
 * Whether the request's result will not be had any more, for the reason that fetching it was
 * rejected with. In doubt it will: a request is only forgotten where its failure is its own.
 * @param status its last known status
 */
export function isOver(reason: any, status?: any): boolean {
  const { falCode, operation, body, status: http } = reason ?? {};
  if (falCode === "job_failed" || falCode === "expired" || isGone(reason)) return true;
  if (falCode !== "http" || operation !== "result") return false;
  if (status?.error || (typeof body?.error_type === "string" && http !== 429)) return true;
  // A result that is asked for too early may be answered with any of the others.
  if (status?.status !== "COMPLETED") return http === 422 || http === 499;
  return http >= 400 && http < 500 && !OF_THE_CALL.includes(http);
}

/** Whether the service knows nothing of the request: its words, not those of a server in between. */
export function isGone({ falCode, operation, status, body }: any = {}): boolean {
  const isAsked = operation === "status" || operation === "result";
  const isItsWord = typeof body?.detail === "string" || body?.status === "NOT_FOUND";
  return falCode === "http" && status === 404 && isAsked && isItsWord;
}
