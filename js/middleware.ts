import type { ProxyRuntimeGate, RequestMiddleware, RequestProxyConfig } from "./types/middleware.ts";

declare const WorkerGlobalScope: unknown;

/** The header by which a request names its target to a proxy (protocol §4.1). */
const TARGET_URL_HEADER = "x-fal-target-url";

/**
 * Combines middlewares into one. They run in order, and each gets the request of the one before.
 *
 * @example
 * ```ts
 * const tag: RequestMiddleware = async (request) => ({ ...request, headers: { ...request.headers, "x-team": "7" } });
 * fal.config({ requestMiddleware: withMiddleware(tag, withProxy({ targetUrl: "/api/fal/proxy" })) });
 * ```
 */
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
 * Sends requests through your proxy, as the client's `proxyUrl` does. A request that already
 * names its target stays as it is.
 *
 * @example
 * ```ts
 * fal.config({ requestMiddleware: withProxy({ targetUrl: "/api/fal/proxy", when: "always" }) });
 * ```
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

/** The absolute URL in a worker made from a Blob. Its own address cannot resolve a path. */
function absolute(url: string): string {
  const { location } = globalThis;
  return location?.protocol === "blob:" ? new URL(url, location.origin).href : url;
}

/**
 * Whether this runs in a page or in a page's worker, and not on a server.
 * @internal
 */
export function isBrowser(): boolean {
  const isPage = typeof window !== "undefined" && typeof window.document !== "undefined";
  return isPage || (typeof WorkerGlobalScope !== "undefined" && !isServer());
}

/** Whether a runtime with the globals of workers is a server: Deno or Cloudflare's. */
function isServer(): boolean {
  return "Deno" in globalThis || globalThis.navigator?.userAgent === "Cloudflare-Workers";
}
