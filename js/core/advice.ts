// Advice for the caller about an answer that came from another server than fal, such as a proxy.

import { type Facts, isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import { withoutQuery } from "../without-query.ts";

/** The statuses by which proxies and other servers refuse a URL that they do not know. */
const REFUSED: unknown[] = [400, 403, 404, 405, 412];
/** The statuses of a server without a proxy at the proxy's URL. */
const MISSING: unknown[] = [404, 405];
/** The statuses in answer to a POST that a redirect turned into a GET, without its input. */
const WITHOUT_INPUT: unknown[] = [400, 404, 405, 412, 415, 422];
/** The words of web frameworks for a path or method that they do not know. */
const UNROUTED = /^(not found|method not allowed)$/i;

/** Adds advice to the facts of a failure, if the request did not go directly to fal. */
export function withAdvice(reason: unknown): unknown {
  const advice = isFacts(reason) && !reason.advice && adviceOn(reason);
  return advice ? { ...reason, advice } : reason;
}

function adviceOn({ falCode, operation, status, body, request }: Facts): string | undefined {
  const { isRouted, method, url = "", redirectedTo } = request ?? {};
  const isAnswer = falCode === "bad_response";
  if (redirectedTo && /^post$/i.test(method!) && (isAnswer || WITHOUT_INPUT.includes(status))) {
    return `The POST was redirected to ${withoutQuery(redirectedTo)}, and a redirect by 301, 302 or 303 makes a GET of it: send it there at once, or redirect it by 308`;
  }
  if (!isRouted) return undefined;
  if (operation === "token" && REFUSED.includes(status)) {
    return "A proxy has to let pass rest.fal.ai/tokens/ (@fal-ai/server-proxy: in allowedUrlPatterns)";
  }
  if (isAnswer) return `Is there a proxy at ${withoutQuery(url)}, and no login page before it?`;
  return MISSING.includes(status) && !isOfFal(body as Fields) ? `Is there a proxy at ${withoutQuery(url)}?` : undefined;
}

/** Whether an error body comes from fal. */
function isOfFal(body: Fields): boolean {
  return body?.status === "NOT_FOUND" || (typeof body?.detail === "string" && !UNROUTED.test(body.detail));
}
