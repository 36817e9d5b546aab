import { isSignedByOne, subtle } from "./ed25519.ts";
import { WebhookError } from "./error.ts";
import { isSignedByKeys } from "./keys.ts";
import { badBody, bodyOf, headerOf } from "./request.ts";
import type { VerifyWebhookOptions, Webhook, WebhookHeaders, WebhookRequest } from "./types.ts";

/** A signature counts for this long before and after its time, in seconds (protocol §11.3). */
const WINDOW_SECONDS = 300;
const SIGNATURE = /^[\da-f]{128}$/i;
const UNIX_SECONDS = /^\d{1,12}$/;

/**
 * Verifies that a webhook comes from fal and is fresh, and gives its body. Verify before anything else reads or
 * parses the body, as the signature is of its very bytes.
 *
 * fal's public keys are fetched at the first call, once for all calls of this program, and kept for up to a
 * day. A signature of an unknown key has them fetched again, once a minute at most.
 *
 * fal delivers at least once, and again after any answer but a 2xx: handle each `request_id` once, and answer soon.
 * @param request a Fetch `Request` whose body was not read yet, or `{ headers, body }` with the raw body
 * @throws WebhookError, whose `reason` says why
 * @example
 * // app/api/fal/webhook/route.ts of a Next app
 * export async function POST(request: Request) {
 *   const webhook = await verifyWebhook(request);
 *   if (webhook.status === "OK") await save(webhook.request_id, webhook.payload);
 *   return new Response(null, { status: 204 });
 * }
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known gives any JSON
export async function verifyWebhook<Output = any>(request: WebhookRequest, options: VerifyWebhookOptions = {}): Promise<Webhook<Output>> {
  const { now = Date.now } = options;
  const { requestId, userId, timestamp, signature } = readHeaders(request.headers);
  assertFresh(timestamp, now());
  const body = await bodyOf(request);
  const digest = toHex(new Uint8Array(await subtle().digest("SHA-256", body)));
  const message = new TextEncoder().encode([requestId, userId, timestamp, digest].join("\n"));
  const isFals = await isSignedByKeys(options, (keys) => isSignedByOne(keys, fromHex(signature), message));
  if (!isFals) throw new WebhookError("bad_signature", "The webhook is not signed by fal, or was changed on its way");
  return webhookOf(body);
}

/** The four headers, in fal's form. */
function readHeaders(headers: WebhookHeaders): Record<"requestId" | "userId" | "timestamp" | "signature", string> {
  const header = (name: string): string => {
    const value = headerOf(headers, name);
    if (!value) throw new WebhookError("missing_header", `The webhook has no header ${name}`);
    return value;
  };
  const [requestId, userId] = [header("x-fal-webhook-request-id"), header("x-fal-webhook-user-id")];
  const [timestamp, signature] = [header("x-fal-webhook-timestamp"), header("x-fal-webhook-signature")];
  if (!UNIX_SECONDS.test(timestamp)) throw new WebhookError("bad_header", "The timestamp of the webhook is not in seconds since 1970");
  if (!SIGNATURE.test(signature)) throw new WebhookError("bad_header", "The signature of the webhook is not 64 bytes in hexadecimal");
  return { requestId, userId, timestamp, signature };
}

function assertFresh(timestamp: string, now: number): void {
  const age = Math.floor(now / 1000) - Number(timestamp);
  if (Math.abs(age) <= WINDOW_SECONDS) return;
  if (age < 0) throw new WebhookError("too_new", `The webhook was signed ${-age} s in the future: a clock is wrong`);
  throw new WebhookError("too_old", `The webhook was signed ${age} s ago: it is a replay, or a clock is wrong`);
}

/** The body, parsed. Its sender is known by now, but its form may be newer than this package. */
function webhookOf(body: Uint8Array): Webhook {
  let parsed: Partial<Webhook> | null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw badBody("is not JSON");
  }
  const { request_id: requestId, status, error } = parsed ?? {};
  const isWebhook = typeof requestId === "string" && (status === "OK" || (status === "ERROR" && typeof error === "string"));
  if (!isWebhook) throw badBody("is JSON, but no webhook of fal's");
  return parsed as Webhook;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
}
