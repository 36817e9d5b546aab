interface BaseWebHookResponse<Payload> {
  /** The model's output, or the body of its error; `null` where it was not JSON. */
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
  /** Never there. */
  error: never;
}

interface ErrorWebHookResponse<Payload> extends BaseWebHookResponse<Payload> {
  status: "ERROR";
  /** What went wrong. */
  error: string;
}

/**
 * What the service posts to a `webhookUrl` (protocol §11.1): at least once, so take each
 * `request_id` only once.
 */
export type WebHookResponse<Payload = any> =
  | OkWebHookResponse<Payload>
  | ErrorWebHookResponse<Payload>;
