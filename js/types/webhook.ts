interface BaseWebHookResponse<Payload> {
  /** The model's output, or the body of its error; `null` if it was not JSON. */
  payload: Payload;
  /** The id that `submit` gave. */
  request_id: string;
  /** The id of the last attempt; differs only after a retry by the service. */
  gateway_request_id?: string;
  /** Why there is no payload: fetch the result from the queue then. */
  payload_error?: string;
}

interface OkWebHookResponse<Payload> extends BaseWebHookResponse<Payload> {
  status: "OK";
  /** Never present. */
  error: never;
}

interface ErrorWebHookResponse<Payload> extends BaseWebHookResponse<Payload> {
  status: "ERROR";
  /** The reason of the failure. */
  error: string;
}

/**
 * The body that the service posts to a `webhookUrl`. The service may post it more than
 * once, so handle each `request_id` only once.
 *
 * @example
 * ```ts
 * const onWebhook = (body: WebHookResponse<{ video: { url: string } }>) =>
 *   body.status === "OK" ? body.payload.video.url : body.error;
 * ```
 */
export type WebHookResponse<Payload = any> = // oxlint-disable-line typescript/no-explicit-any -- the model's JSON, as in the official types
  | OkWebHookResponse<Payload>
  | ErrorWebHookResponse<Payload>;
