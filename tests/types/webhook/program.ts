// Servers that receive webhooks. Compiles with the types of pages and with those of Node.

import type { Kandinsky5VideoOutput, WebHookResponse } from "fal-wasm";
import { verifyWebhook, WebhookError, type JsonWebKeySet, type VerifyWebhookOptions, type Webhook, type WebhookErrorReason, type WebhookRequest } from "fal-wasm/webhook";

declare const request: Request;
declare const keys: JsonWebKeySet;

const options: VerifyWebhookOptions = { keys, now: () => Date.now(), jwksUrl: "http://127.0.0.1:8787/rest.fal.ai/.well-known/jwks.json" };
const raw: WebhookRequest = { headers: { "x-fal-webhook-user-id": "u", "content-length": undefined, cookie: ["a", "b"] }, body: new Uint8Array(2) };

export async function POST(): Promise<Response> {
  try {
    const webhook = await verifyWebhook<Kandinsky5VideoOutput>(request, options);
    const url: string | undefined = webhook.status === "OK" ? webhook.payload?.video.url : undefined;
    const why: string | undefined = webhook.status === "ERROR" ? webhook.error : webhook.payload_error;
    const untyped: Webhook = await verifyWebhook(raw);
    console.log(url, why, untyped.payload.anything, webhook.request_id, webhook.gateway_request_id);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    const reason: WebhookErrorReason = error.reason;
    return new Response(`${reason}: ${error.message}`, { status: error.status });
  }
}

/** Code for the official type accepts these webhooks, too. */
export const official = (webhook: Webhook): WebHookResponse["request_id"] => webhook.request_id;

// @ts-expect-error a parsed body is not signed
await verifyWebhook({ headers: {}, body: { request_id: "r" } });
// @ts-expect-error the output may be missing
export const lost = (webhook: Webhook<Kandinsky5VideoOutput>) => webhook.status === "OK" && webhook.payload.video;
// @ts-expect-error a result has no error
export const none = (webhook: Webhook) => webhook.status === "OK" && webhook.error.length;
