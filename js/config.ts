import { toError } from "./errors.ts";
import { loadParts } from "./loader.ts";
import { isBrowser, withMiddleware, withProxy } from "./middleware.ts";
import type { ResolvedConfig } from "./resolved-config.ts";
import type { Config } from "./types.ts";

// Bundlers replace the literal text `process.env.NAME`, so the code below spells out each variable.
declare const process: { env: Record<string, string | undefined> };

/** Completes a caller's configuration. Warns if a page or a page's worker holds a key. */
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
