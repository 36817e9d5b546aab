// `fal-wasm/webhook`: for servers that fal posts results to.

export { WebhookError } from "./webhook/error.ts";
export type { WebhookErrorReason } from "./webhook/error.ts";
export { verifyWebhook } from "./webhook/verify.ts";
export type { FailedWebhook, JsonWebKeySet, SuccessfulWebhook, VerifyWebhookOptions, Webhook, WebhookHeaders, WebhookRequest } from "./webhook/types.ts";
