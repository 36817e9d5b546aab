// The types of webhooks. They name no type of a platform's, so that they fit Node, workers and every version of them.

/** The fields of every webhook. */
interface WebhookFields {
  /** The id that `submit` gave. fal may deliver a webhook more than once: handle each id once. */
  readonly request_id: string;
  /** The id of the last attempt; differs only after a retry by the service. */
  readonly gateway_request_id?: string;
  /** Why there is no payload: fetch the result from the queue then, by its `request_id`. */
  readonly payload_error?: string;
}

/**
 * The webhook of a job that has given its result.
 *
 * @example
 * const save = ({ request_id, payload }: SuccessfulWebhook<Kandinsky5VideoOutput>) => videos.set(request_id, payload?.video.url);
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known gives any JSON
export interface SuccessfulWebhook<Output = any> extends WebhookFields {
  readonly status: "OK";
  /** The model's output; `null` if it is not JSON, and `payload_error` says so. */
  readonly payload: Output | null;
  readonly error?: undefined;
}

/**
 * The webhook of a job that has failed.
 *
 * @example
 * const log = ({ request_id, error }: FailedWebhook) => console.error(request_id, error);
 */
export interface FailedWebhook extends WebhookFields {
  readonly status: "ERROR";
  /** The reason in words. */
  readonly error: string;
  /** The body of the model's error, such as `{ detail: [...] }`; `null` if it is not JSON. */
  readonly payload: any; // oxlint-disable-line typescript/no-explicit-any -- each model has errors of its own
}

/**
 * The body that fal posts to a `webhookUrl` when a job ends. `status` tells the two kinds apart.
 *
 * @example
 * const urlOf = (webhook: Webhook<Kandinsky5VideoOutput>) => (webhook.status === "OK" ? webhook.payload?.video.url : undefined);
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known gives any JSON
export type Webhook<Output = any> = SuccessfulWebhook<Output> | FailedWebhook;

/**
 * Headers as frameworks give them: a `Headers`, or an object with any spelling of the names.
 *
 * @example
 * const headers: WebhookHeaders = incomingMessage.headers;
 */
export type WebhookHeaders = { get(name: string): string | null } | { readonly [name: string]: string | readonly string[] | undefined };

/**
 * A request as fal sent it: a Fetch `Request` whose body was not read yet, or headers and the raw body, which an
 * Express request after `express.raw()` has.
 *
 * @example
 * const request: WebhookRequest = { headers: event.headers, body: event.body };
 */
export type WebhookRequest =
  | { readonly headers: WebhookHeaders; arrayBuffer(): Promise<ArrayBuffer>; readonly bodyUsed?: boolean }
  | { readonly headers: WebhookHeaders; readonly body: string | ArrayBuffer | ArrayBufferView };

/**
 * Keys as fal publishes them, a JSON Web Key Set. `x` is an Ed25519 key of 32 bytes, in base64url.
 *
 * @example
 * const keys: JsonWebKeySet = { keys: [{ x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] };
 */
export interface JsonWebKeySet {
  readonly keys: readonly { readonly x?: string; readonly kty?: string; readonly crv?: string }[];
}

/**
 * Options of `verifyWebhook`. None is needed for fal itself.
 *
 * @example
 * const options: VerifyWebhookOptions = { jwksUrl: "http://127.0.0.1:8787/rest.fal.ai/.well-known/jwks.json" };
 */
export interface VerifyWebhookOptions {
  /** Where the keys are, for tests with the emulator. @default fal's own URL */
  readonly jwksUrl?: string | undefined;
  /** The keys themselves. Nothing is fetched then. */
  readonly keys?: JsonWebKeySet | undefined;
  /** The clock, in milliseconds since 1970. @default `Date.now` */
  readonly now?: (() => number) | undefined;
}
