// What a caller can do about an answer that fal did not give: a server in between did, or none.

/** How proxies and other servers refuse a URL that they do not know. */
const REFUSED = [400, 403, 404, 405, 412];
/** How they answer where there is no proxy. */
const MISSING = [404, 405];
/** How a GET in place of a POST is answered: its input and its method are gone. */
const WITHOUT_INPUT = [400, 404, 405, 412, 415, 422];
/** What web frameworks say of a path or method that they do not know. */
const UNROUTED = /^(not found|method not allowed)$/i;

/** The facts of a failure, with advice where the request went another way than straight to fal. */
export function advised(reason: any): any {
  const advice = reason?.falCode && !reason.advice && adviceOn(reason);
  return advice ? { ...reason, advice } : reason;
}

function adviceOn({ falCode, operation, status, body, request }: any): string | undefined {
  const { isRouted, method, url, redirectedTo } = request ?? {};
  const isAnswer = falCode === "bad_response";
  if (redirectedTo && /^post$/i.test(method) && (isAnswer || WITHOUT_INPUT.includes(status))) {
    return `The POST was redirected to ${plain(redirectedTo)}, and a redirect by 301, 302 or 303 makes a GET of it: send it there at once, or redirect it by 308`;
  }
  if (!isRouted) return undefined;
  if (operation === "token" && REFUSED.includes(status)) {
    return "A proxy has to let pass rest.fal.ai/tokens/ (@fal-ai/server-proxy: in allowedUrlPatterns)";
  }
  if (isAnswer) return `Is there a proxy at ${plain(url)}, and no login page before it?`;
  return MISSING.includes(status) && !isOfFal(body) ? `Is there a proxy at ${plain(url)}?` : undefined;
}

/** Whether an error body has fal's own words. */
function isOfFal(body: any): boolean {
  return body?.status === "NOT_FOUND" || (typeof body?.detail === "string" && !UNROUTED.test(body.detail));
}

/** A URL without its query, which may hold anything. */
function plain(url: unknown): string {
  return String(url).split("?")[0] as string;
}
