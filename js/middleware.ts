import type { ProxyRuntimeGate, RequestMiddleware, RequestProxyConfig } from "./types/middleware.ts";

declare const WorkerGlobalScope: unknown;

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
    return { ...request, url: absolute(targetUrl), headers };
  };
}

function applies(when: ProxyRuntimeGate | undefined): boolean {
  return typeof when === "function" ? when({ isBrowser: isBrowser() }) : when === "always" || isBrowser();
}

/** A worker that was made of a Blob has no address that a path could be relative to. */
function absolute(url: string): string {
  const { protocol, origin } = globalThis.location ?? {};
  return protocol === "blob:" ? new URL(url, origin).href : url;
}

/** Whether this runs in a page or in a worker of one, and not on a server. */
export function isBrowser(): boolean {
  const isPage = typeof window !== "undefined" && typeof window.document !== "undefined";
  return isPage || (typeof WorkerGlobalScope !== "undefined" && !isServer());
}

/** Whether a runtime that has the globals of workers is a server's: Deno, or Cloudflare's. */
function isServer(): boolean {
  return "Deno" in globalThis || globalThis.navigator?.userAgent === "Cloudflare-Workers";
}
