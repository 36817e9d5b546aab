import type { ProxyRuntimeGate, RequestMiddleware, RequestProxyConfig } from "./types/middleware.ts";

/** Where a proxied request says what it is for (protocol §4.1). */
const TARGET_URL_HEADER = "x-fal-target-url";

/** One middleware of many, run in order, each on what the one before it made. */
export function withMiddleware(
  ...middlewares: Array<RequestMiddleware | null | undefined>
): RequestMiddleware {
  return async (request) => {
    let current = { ...request };
    for (const middleware of middlewares) if (middleware) current = await middleware(current);
    return current;
  };
}

/**
 * Sends requests through a proxy of yours, as the client's `proxyUrl` does. A request that
 * names its target already passes as it is.
 */
export function withProxy({ targetUrl, when }: RequestProxyConfig): RequestMiddleware {
  return async (request) => {
    const names = Object.keys(request.headers ?? {});
    if (names.some((name) => name.toLowerCase() === TARGET_URL_HEADER) || !applies(when)) {
      return request;
    }
    const headers = { ...request.headers, [TARGET_URL_HEADER]: request.url };
    return { ...request, url: targetUrl, headers };
  };
}

function applies(when: ProxyRuntimeGate | undefined): boolean {
  return typeof when === "function" ? when({ isBrowser: isPage() }) : when === "always" || isPage();
}

/** Whether there is a page here, and not a worker or a server. */
export function isPage(): boolean {
  return typeof window !== "undefined" && typeof window.document !== "undefined";
}
