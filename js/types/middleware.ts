/**
 * A request before it is sent.
 *
 * @example
 * ```ts
 * const toStaging = ({ url, ...request }: RequestConfig) => ({ ...request, url: url.replace("fal.run", "fal.example.com") });
 * fal.config({ requestMiddleware: async (request) => toStaging(request) });
 * ```
 */
export interface RequestConfig {
  url: string;
  method: string;
  /** Headers by name. A list is sent as one header, its values joined by commas. */
  headers?: Record<string, string | string[]>;
}

/**
 * Changes a request before it is sent. The client sends the returned request. If the middleware
 * rejects, the call rejects with the same reason.
 *
 * @example
 * ```ts
 * const requestMiddleware: RequestMiddleware = async (request) => ({
 *   ...request,
 *   headers: { ...request.headers, "x-team": "7" },
 * });
 * fal.config({ requestMiddleware });
 * ```
 */
export type RequestMiddleware = (request: RequestConfig) => Promise<RequestConfig>;

/**
 * The argument of a `ProxyRuntimeGate` function: facts about the runtime.
 *
 * @example
 * ```ts
 * const when = ({ isBrowser }: ProxyRuntimeEnv) => isBrowser;
 * fal.config({ proxyUrl: { url: "/api/fal/proxy", when } });
 * ```
 */
export interface ProxyRuntimeEnv {
  /** Whether this is a page or a page's worker, and not a server. */
  isBrowser: boolean;
}

/**
 * When a proxy applies: in pages and their workers (the default), everywhere, or when a function
 * returns `true`. The function is called for each request. By default a proxy does not apply on
 * servers, which may hold a key themselves: Node, Deno, Bun, Cloudflare's workers and edge runtimes.
 *
 * @example
 * ```ts
 * const when: ProxyRuntimeGate = "always";
 * fal.config({ proxyUrl: { url: "https://example.com/api/fal/proxy", when } });
 * ```
 */
export type ProxyRuntimeGate = "browser" | "always" | ((env: ProxyRuntimeEnv) => boolean);

/**
 * A proxy and when it applies, as `proxyUrl` takes it.
 *
 * @example
 * ```ts
 * const proxyUrl: ProxyUrlConfig = { url: "https://example.com/api/fal/proxy", when: "always" };
 * fal.config({ proxyUrl });
 * ```
 */
export interface ProxyUrlConfig {
  /** The proxy's URL. */
  url: string;
  /** When it applies. @default "browser" */
  when?: ProxyRuntimeGate;
}

/**
 * A proxy and when it applies, as `withProxy` takes it.
 *
 * @example
 * ```ts
 * const proxy: RequestProxyConfig = { targetUrl: "/api/fal/proxy" };
 * fal.config({ requestMiddleware: withProxy(proxy) });
 * ```
 */
export interface RequestProxyConfig {
  /** The proxy's URL. */
  targetUrl: string;
  /** When it applies. @default "browser" */
  when?: ProxyRuntimeGate;
}
