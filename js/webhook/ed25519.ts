// Ed25519 by the runtime's WebCrypto.

import { WebhookError } from "./error.ts";

const ED25519 = { name: "Ed25519" };
const PUBLIC_KEY_BYTES = 32;

/** A public key of this many bytes in base64url, without padding or with it. */
const BASE64URL_KEY = /^[\w-]{43}=?$/;

/** The runtime's WebCrypto. Throws if there is none, as in Node 18 and on pages over http. */
export function subtle(): SubtleCrypto {
  const found = globalThis.crypto?.subtle;
  if (!found) throw unsupportedError("no WebCrypto");
  return found;
}

/**
 * The key of this text.
 * @returns undefined if the text is no Ed25519 key
 */
export async function importKey(x: unknown): Promise<CryptoKey | undefined> {
  if (typeof x !== "string" || !BASE64URL_KEY.test(x)) return undefined;
  const bytes = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  if (bytes.length !== PUBLIC_KEY_BYTES) return undefined;
  const crypto = subtle();
  try {
    return await crypto.importKey("raw", bytes, ED25519, false, ["verify"]);
  } catch (cause) {
    // Some runtimes refuse a key that is no point of the curve with a DataError.
    if ((cause as Error | undefined)?.name === "DataError") return undefined;
    throw unsupportedError("no Ed25519 in its WebCrypto", cause);
  }
}

/** Whether one of the keys has made the signature. Asks all of them in any case. */
export async function isSignedByOne(keys: readonly CryptoKey[], signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const answers = await Promise.all(keys.map((key) => subtle().verify(ED25519, key, signature, message)));
  return answers.includes(true);
}

function unsupportedError(what: string, cause?: unknown): WebhookError {
  return new WebhookError("unsupported", `This runtime has ${what}, which verifying webhooks needs: use Node 20, Chrome 137, Deno, Bun or a worker of today`, { cause });
}
