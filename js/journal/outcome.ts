// Tells from the outcome of a call whether its request must stay saved.

import { isText } from "../core/facts.ts";
import { isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";

/** fal's text for a request that it does not know, in place of a result (protocol §3.2). */
const UNKNOWN = /^\s*request not found\s*$/i;

/** Whether a call was rejected because its request has failed for good. The engine decides that. */
export function isFinal(reason: unknown): boolean {
  return isFacts(reason) && reason.isFinal === true;
}

/** Whether fal itself says that it does not know the request (protocol §3.2). Other servers answer 404, too. */
export function isUnknownToFal(reason: unknown): boolean {
  if (!isFacts(reason)) return false;
  const { falCode, operation, status, requestId } = reason;
  const body = reason.body as Fields;
  const isAsked = operation === "status" || operation === "result";
  const isWord = body?.status === "NOT_FOUND" || UNKNOWN.test(body?.detail as string);
  const isOther = isText(body?.request_id) && body.request_id !== requestId;
  return falCode === "http" && status === 404 && isAsked && isWord && !isOther;
}
