// Reads the requests of every framework.

import { WebhookError } from "./error.ts";
import type { WebhookHeaders, WebhookRequest } from "./types.ts";

/** The value of a header, in any spelling of its name. */
export function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers?.get === "function") return headers.get(name) ?? undefined;
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1] === undefined ? undefined : String(found[1]);
}

/** The raw bytes of the body. */
export async function bodyOf(request: WebhookRequest): Promise<Uint8Array<ArrayBuffer>> {
  if ("arrayBuffer" in request && typeof request.arrayBuffer === "function") {
    if (request.bodyUsed) throw badBody("was read before: verify the request first, or a clone of it");
    try {
      return new Uint8Array(await request.arrayBuffer());
    } catch (cause) {
      throw badBody("could not be read: the connection may be lost", cause);
    }
  }
  const { body } = request as { body?: unknown };
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength);
  // Of another realm, too.
  if (Object.prototype.toString.call(body) === "[object ArrayBuffer]") return new Uint8Array(body as ArrayBuffer);
  throw badBody('must be the raw text or bytes, not parsed: in Express, use express.raw({ type: "application/json" }) for this route');
}

/** The error of a body that is not as fal sent it. */
export function badBody(what: string, cause?: unknown): WebhookError {
  return new WebhookError("bad_body", `The body of the webhook ${what}`, { cause });
}
