/**
 * Why a webhook was refused:
 * - `missing_header`: one of the four headers is not there; the request does not come from fal
 * - `bad_header`: the timestamp or the signature is not in fal's form
 * - `too_old`, `too_new`: the timestamp is more than 300 s away from this server's clock: a replay, or a wrong clock
 * - `bad_signature`: no key of fal's has made the signature: somebody else has sent the request, or changed it
 * - `bad_body`: the body is not the raw one, or is no webhook of fal's
 * - `no_keys`: fal's keys could not be fetched; fal delivers again
 * - `unsupported`: this runtime's WebCrypto has no Ed25519
 *
 * @example
 * const isForged = (reason: WebhookErrorReason) => reason === "bad_signature" || reason === "missing_header";
 */
export type WebhookErrorReason = "missing_header" | "bad_header" | "too_old" | "too_new" | "bad_signature" | "bad_body" | "no_keys" | "unsupported";

/** The HTTP status to answer with. After any of them, fal delivers again (protocol §11.2). */
const STATUSES: Record<WebhookErrorReason, number> = {
  missing_header: 401,
  bad_header: 401,
  too_old: 401,
  too_new: 401,
  bad_signature: 401,
  bad_body: 400,
  no_keys: 503,
  unsupported: 500,
};

/**
 * A webhook was refused. `reason` says why. The message holds nothing of the request, so it can be logged, and
 * sent back.
 *
 * @example
 * try {
 *   await verifyWebhook(request);
 * } catch (error) {
 *   if (error instanceof WebhookError) return new Response(error.message, { status: error.status });
 *   throw error;
 * }
 */
export class WebhookError extends Error {
  // Error reporters may show `constructor.name`, and minifiers rename classes.
  static override readonly name: string = "WebhookError";
  /** The kind of failure, to branch on. */
  readonly reason: WebhookErrorReason;
  /** The HTTP status to answer with: 401 for a request that may not be fal's, 400, 500 or 503. */
  readonly status: number;

  constructor(reason: WebhookErrorReason, message: string, options?: { cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : options);
    this.name = "WebhookError";
    this.reason = reason;
    this.status = STATUSES[reason];
  }
}
