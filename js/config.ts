import { toError } from "./errors.ts";
import { loadParts } from "./loader.ts";
import { isBrowser, withMiddleware, withProxy } from "./middleware.ts";
import type { Config } from "./types.ts";

// Bundlers replace `process.env.NAME` where it is written out, and only there.
declare const process: { env: Record<string, string | undefined> };

/** The configuration as the core reads it. */
export interface ResolvedConfig extends Omit<Config, "proxyUrl"> {
  /** The proxy that the middleware sends to, which streams are counted by. */
  proxyUrl?: string;
  /** The caller gave the key, not the environment: it may go along the route that the caller chose. */
  isKeyGiven: boolean;
  /** What runtimes other than browsers call themselves. */
  userAgent: string | undefined;
  /** Brings in what sends large files part by part. */
  loadParts: typeof loadParts;
  /** Makes the exception for the facts that the core rejects with. */
  toError: typeof toError;
}

/** Completes a caller's configuration, and warns of a key in a page or in a worker of one. */
export function resolveConfig(config: Config): ResolvedConfig {
  const { proxyUrl, ...rest } = { credentials: credentialsFromEnv, ...config };
  if (isBrowser() && !config.suppressLocalCredentialsWarning && hasKey(rest.credentials)) {
    console.warn(
      "The fal credentials are exposed in the browser's environment. " +
        "That's not recommended for production use cases.",
    );
  }
  const userAgent = isBrowser() ? undefined : "fal-wasm";
  const resolved = { ...rest, isKeyGiven: config.credentials !== undefined, toError, loadParts, userAgent };
  if (!proxyUrl) return resolved;
  const proxy = typeof proxyUrl === "string" ? { url: proxyUrl } : proxyUrl;
  const proxied = withProxy({ targetUrl: proxy.url, ...(proxy.when && { when: proxy.when }) });
  return { ...resolved, proxyUrl: proxy.url, requestMiddleware: withMiddleware(config.requestMiddleware, proxied) };
}

function hasKey(credentials: Config["credentials"]): boolean {
  return Boolean(typeof credentials === "function" ? credentials() : credentials);
}

function credentialsFromEnv(): string | undefined {
  if (typeof process === "undefined" || !process.env) return undefined;
  if (process.env.FAL_KEY !== undefined) return process.env.FAL_KEY;
  return process.env.FAL_KEY_ID && process.env.FAL_KEY_SECRET
    ? `${process.env.FAL_KEY_ID}:${process.env.FAL_KEY_SECRET}`
    : undefined;
}
