// fal's public keys: fetched once for all calls, kept for a day, and fetched again when fal has a new one.

import { importKey } from "./ed25519.ts";
import { WebhookError } from "./error.ts";
import type { JsonWebKeySet, VerifyWebhookOptions } from "./types.ts";

/** Where fal publishes its keys (protocol §11.3). */
const FAL_JWKS_URL = "https://rest.fal.ai/.well-known/jwks.json";
/** fal allows keys to be kept so long, in milliseconds. */
const KEPT_MS = 24 * 3_600_000;
/** Forged requests may cause a fetch at most this often, in milliseconds. */
const FETCH_AGAIN_MS = 60_000;
/** While the keys cannot be fetched, the time from one try to the next, in milliseconds. */
const TRY_AGAIN_MS = 5_000;
/** The longest wait for the keys, in milliseconds. fal gives a first delivery 15 s (protocol §11.2). */
const FETCH_LIMIT_MS = 10_000;
/** More keys than these are ignored. fal has a few. */
const MOST_KEYS = 20;

/** The keys of one URL. */
class PublishedKeys {
  readonly #url: string;
  #keys: readonly CryptoKey[] = [];
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #failure: unknown;
  #fetching: Promise<readonly CryptoKey[]> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * The keys, fetched if there are none, or if they are too old.
   * @param isUnknown the keys of a moment ago did not verify a signature: fetch them again if they are not fresh
   */
  async get({ now = Date.now }: VerifyWebhookOptions, isUnknown: boolean): Promise<readonly CryptoKey[]> {
    const time = now();
    const isWithin = (ms: number, since: number): boolean => time >= since && time - since < ms;
    if (isWithin(isUnknown ? FETCH_AGAIN_MS : KEPT_MS, this.#fetchedAt)) return this.#keys;
    if (!this.#fetching && isWithin(TRY_AGAIN_MS, this.#triedAt)) throw this.#failure;
    this.#triedAt = time;
    const current = (this.#fetching ??= this.#fetch(time));
    try {
      return await inTime(current);
    } finally {
      // Another call may have begun the next fetch already.
      if (this.#fetching === current) this.#fetching = undefined;
    }
  }

  async #fetch(time: number): Promise<readonly CryptoKey[]> {
    try {
      this.#keys = await importKeys(await fetchJson(this.#url));
      this.#fetchedAt = time;
      return this.#keys;
    } catch (cause) {
      throw (this.#failure = cause instanceof WebhookError ? cause : unavailable((cause as Error | undefined)?.message ?? cause, cause));
    }
  }
}

const published = new Map<string, PublishedKeys>();
const given = new WeakMap<JsonWebKeySet, Promise<readonly CryptoKey[]>>();

/**
 * Whether a signature is of one of the keys that the options name, by default of fal's.
 * @param isSigned whether one of these keys has made the signature
 */
export async function isSignedByKeys(options: VerifyWebhookOptions, isSigned: (keys: readonly CryptoKey[]) => Promise<boolean>): Promise<boolean> {
  const { keys, jwksUrl = FAL_JWKS_URL } = options;
  if (keys) {
    let imported = given.get(keys);
    if (!imported) given.set(keys, (imported = importKeys(keys)));
    return isSigned(await imported);
  }
  let ofUrl = published.get(jwksUrl);
  if (!ofUrl) published.set(jwksUrl, (ofUrl = new PublishedKeys(jwksUrl)));
  const known = await ofUrl.get(options, false);
  if (await isSigned(known)) return true;
  // fal may have changed its keys. If they cannot be fetched now, the known ones decide.
  const fresh = await ofUrl.get(options, true).catch(() => known);
  return fresh !== known && isSigned(fresh);
}

/**
 * Waits for keys that another call may fetch. Each call has its own timer: where a worker ends the request that
 * fetches, the fetch may never end.
 */
async function inTime<T>(fetching: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(`no answer within ${FETCH_LIMIT_MS / 1000} s`)), FETCH_LIMIT_MS);
  });
  try {
    return await Promise.race([fetching, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(why: unknown, cause?: unknown): WebhookError {
  return new WebhookError("no_keys", `fal's keys could not be fetched: ${why}`, { cause });
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    // Keys count only from this URL. Cloudflare's workers know no `redirect: "error"`.
    redirect: "manual",
    // Frameworks patch `fetch` to keep answers for ever. Older workers throw at this option.
    ...("cache" in Request.prototype && { cache: "no-store" }),
    signal: AbortSignal.timeout(FETCH_LIMIT_MS),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/** Imports the Ed25519 keys of a JSON Web Key Set. Throws if there is none in it. */
async function importKeys(set: unknown): Promise<readonly CryptoKey[]> {
  const list: unknown = (set as Partial<JsonWebKeySet> | null)?.keys;
  const known = (Array.isArray(list) ? list : []).filter(isEd25519).slice(0, MOST_KEYS);
  const keys = await Promise.all(known.map(({ x }) => importKey(x)));
  const usable = keys.filter((key) => key !== undefined);
  if (usable.length === 0) throw new WebhookError("no_keys", "There is no Ed25519 key in the key set");
  return usable;
}

/** Whether a key of a set may be of this kind. fal names the kind; a set given by hand need not. */
function isEd25519(key: unknown): key is JsonWebKeySet["keys"][number] {
  if (typeof key !== "object" || key === null) return false;
  const { kty = "OKP", crv = "Ed25519" } = key as JsonWebKeySet["keys"][number];
  return kty === "OKP" && crv === "Ed25519";
}
