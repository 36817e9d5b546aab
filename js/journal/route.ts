// The route by which a client reaches fal. Saved requests belong to a route: through another proxy, or with another
// key, fal may not know them.

import { Late, awaitAtMost } from "../core/patience.ts";
import { badArgument } from "../core/bad-argument.ts";
import type { CoreConfig } from "../core/settings.ts";
import type { RequestMiddleware } from "../types/middleware.ts";

/** A sample request for asking the middleware. It is not sent. */
const SAMPLE = { method: "GET", url: "https://queue.fal.run/", headers: {} };

/** The route of requests to fal's own hosts. */
const FAL = "fal";

/** The form of fal's own keys: an id and a secret. */
const KEY = /^[^:]+:./;

/**
 * The route of a client's requests: the URL of its proxy without query, or `fal`, with a fingerprint of the key that
 * the client sends. Asks the middleware with a sample request. If the middleware throws, rejects with that error.
 */
export async function routeOf(config: CoreConfig): Promise<string> {
  const { requestMiddleware } = config;
  const place = placeOf(requestMiddleware ? await urlBy(requestMiddleware) : SAMPLE.url);
  // A proxy gets a key from the configuration, but not one from the environment.
  return place + (place === FAL || config.isKeyGiven ? fingerprintOf(config) : "");
}

async function urlBy(requestMiddleware: RequestMiddleware): Promise<string> {
  try {
    return String((await awaitAtMost(() => requestMiddleware({ ...SAMPLE, headers: {} })))?.url);
  } catch (cause) {
    throw cause instanceof Late ? badArgument("requestMiddleware", "does not answer") : cause;
  }
}

function placeOf(url: string): string {
  if (url.startsWith(SAMPLE.url)) return FAL;
  try {
    const { document, location } = globalThis;
    const { origin, host, protocol, pathname } = new URL(url, document?.baseURI ?? location?.href);
    // The origin of an extension's URL is "null".
    return (origin === "null" ? `${protocol}//${host}` : origin) + pathname;
  } catch {
    return url.split(/[?#]/)[0]!;
  }
}

/** The fingerprint of the key. A key from a function counts only if it is fal's own, as other tokens may change. */
function fingerprintOf({ credentials }: CoreConfig): string {
  const isFunction = typeof credentials === "function";
  const key = isFunction ? credentials() : credentials;
  return key && (!isFunction || KEY.test(key)) ? `#${fingerprint(String(key))}` : "";
}

/**
 * A 32-bit hash of a key (FNV-1a). Two keys are unlikely to share it, and it does not reveal a key of 250 bits. Pages
 * over http have no better hash.
 */
function fingerprint(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
