// The route by which a client reaches fal. Saved requests belong to it: by another proxy, or with another
// key, fal may not know them.

import { Late, bounded } from "../core/patience.ts";
import { badArgument } from "../core/wasm.ts";

/** What a request about a job looks like to the middleware. It is not sent. */
const SAMPLE = { method: "GET", url: "https://queue.fal.run/", headers: {} };

/** The route of requests that go to fal's own hosts. */
const FAL = "fal";

/** A key of fal's has an id and a secret. */
const KEY = /^[^:]+:./;

/**
 * Where a client's requests go, without query: the URL of its proxy, or `fal`; with a fingerprint of the key that it
 * sends. Where middleware is all that knows, it is asked with a sample. Rejects with what that throws.
 */
export async function routeOf(config: any): Promise<string> {
  const { requestMiddleware } = config;
  const place = placeOf(requestMiddleware ? await urlBy(requestMiddleware) : SAMPLE.url);
  // A proxy is sent the key that the caller gave, not the one of the environment.
  return place + (place === FAL || config.isKeyGiven ? fingerprintOf(config) : "");
}

async function urlBy(requestMiddleware: any): Promise<string> {
  try {
    return String((await bounded(() => requestMiddleware({ ...SAMPLE, headers: {} })))?.url);
  } catch (cause) {
    throw cause instanceof Late ? badArgument("requestMiddleware", "does not answer") : cause;
  }
}

function placeOf(url: string): string {
  if (url.startsWith(SAMPLE.url)) return FAL;
  try {
    const { document, location } = globalThis;
    const { origin, host, protocol, pathname } = new URL(url, document?.baseURI ?? location?.href);
    // An origin of the browser's own kind, such as an extension's, is "null".
    return (origin === "null" ? `${protocol}//${host}` : origin) + pathname;
  } catch {
    return url.split(/[?#]/)[0]!;
  }
}

/** A token that a function gives may be another one the next time; fal's own keys stay. */
function fingerprintOf({ credentials }: any): string {
  const isFunction = typeof credentials === "function";
  const key = isFunction ? credentials() : credentials;
  return key && (!isFunction || KEY.test(key)) ? `#${fingerprint(String(key))}` : "";
}

/**
 * 32 bits of a key (FNV-1a): two keys hardly meet, and nobody finds a key of 250 bits by them. Pages over http have no
 * better hash.
 */
function fingerprint(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
