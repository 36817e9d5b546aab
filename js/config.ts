import type { Config, ProxyRuntimeGate } from "./types.ts";

// Bundlers replace `process.env.NAME` where it is written out, and only there.
declare const process: { env: Record<string, string | undefined> };

/** The configuration as the Rust side reads it. */
export interface ResolvedConfig extends Omit<Config, "proxyUrl"> {
  proxyUrl: string | undefined;
  proxyWhen: () => boolean;
}

/** Completes a caller's configuration, and warns of a key in a page. */
export function resolveConfig(config: Config): ResolvedConfig {
  const { proxyUrl, ...rest } = { credentials: credentialsFromEnv, ...config };
  const proxy = typeof proxyUrl === "string" ? { url: proxyUrl } : proxyUrl;
  if (isBrowser() && !config.suppressLocalCredentialsWarning && hasKey(rest.credentials)) {
    console.warn(
      "The fal credentials are exposed in the browser's environment. " +
        "That's not recommended for production use cases.",
    );
  }
  return { ...rest, proxyUrl: proxy?.url, proxyWhen: () => applies(proxy?.when) };
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

function isBrowser(): boolean {
  return typeof window !== "undefined" && typeof window.document !== "undefined";
}

function applies(when: ProxyRuntimeGate | undefined): boolean {
  if (typeof when === "function") return when({ isBrowser: isBrowser() });
  return when === "always" || isBrowser();
}
