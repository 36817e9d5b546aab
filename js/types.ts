import type { EndpointType, InputType, OutputType } from "./endpoints.ts";

/** Gives the key for one request, when it is needed. */
export type CredentialsResolver = () => string | undefined;

/** When a proxy applies: in pages (the default), everywhere, or when a function says so. */
export type ProxyRuntimeGate = "browser" | "always" | ((env: { isBrowser: boolean }) => boolean);

/** A proxy and when it applies. */
export interface ProxyUrlConfig {
  /** The proxy's URL. */
  url: string;
  /** When it applies. @default "browser" */
  when?: ProxyRuntimeGate;
}

/** A request before it is sent. */
export interface RequestConfig {
  url: string;
  method: string;
  headers?: Record<string, string | string[]>;
}

/** Changes a request before it is sent. */
export type RequestMiddleware = (request: RequestConfig) => Promise<RequestConfig>;

/** How calls are tried again. What is left out keeps the default of each kind of call. */
export interface RetryOptions {
  /** Tries after the first one. @default 3; 5 for a status */
  maxRetries: number;
  /** Wait before the first retry, in milliseconds. @default 1000 */
  baseDelay: number;
  /**
   * The longest wait, in milliseconds. A longer `Retry-After` ends the retries.
   * @default 30000; 60000 for submits and results
   */
  maxDelay: number;
  /** Each wait is the one before times this. @default 2 */
  backoffMultiplier: number;
  /** HTTP statuses worth another try. @default [429, 502, 503, 504]; 500 too for a status */
  retryableStatusCodes: number[];
  /** Spread each wait by ±25 %. @default true */
  enableJitter: boolean;
  /**
   * Also repeat a submit that may have arrived: after 5xx answers and lost connections.
   * The service knows no idempotency key, so a repeat may be billed as a second job.
   * @default false: a submit is repeated after a 429 only
   */
  resubmit: boolean;
}

/**
 * How a `File` or `Blob` in an input becomes a string:
 * - `"upload"`: stored with fal, its URL is sent. Right for anything but tiny files.
 * - `"inline"`: sent within the request as a base64 data URI. Saves two requests, costs a
 *   third more bytes, and models may refuse large ones: for a few kilobytes.
 * - `"auto"`: inline up to 8 kB, else upload.
 */
export type FileHandling = "upload" | "inline" | "auto";

/** The configuration of a client. */
export interface Config {
  /**
   * The key, or a function that gives it. It is sent to fal's own `https` hosts only. Keep
   * it out of pages: whoever can open the page can read it; use `proxyUrl`.
   * @default the environment's `FAL_KEY`, or `FAL_KEY_ID` and `FAL_KEY_SECRET`, where there
   * is a `process.env`
   */
  credentials?: undefined | string | CredentialsResolver;
  /** Don't warn about a key in a page. @default false */
  suppressLocalCredentialsWarning?: boolean;
  /** A proxy of yours that holds the key, e.g. `"/api/fal/proxy"`. */
  proxyUrl?: string | ProxyUrlConfig;
  /** Changes requests before they are sent. */
  requestMiddleware?: RequestMiddleware;
  /** Sends requests, called as `fetch(url, init)`. @default the platform's `fetch` */
  fetch?: typeof fetch;
  /** How calls are tried again. */
  retry?: Partial<RetryOptions>;
  /** How files in inputs become strings. @default "upload" */
  files?: FileHandling;
  /**
   * Check inputs of known endpoints before anything is sent. Turn it off to use a value
   * that is newer than this package. @default true
   */
  validate?: boolean;
}

/** How long, and for whom, the service keeps files. */
export interface StorageSettings {
  /** A preset, or seconds. @default the account's setting */
  expiresIn?: "never" | "immediate" | "1h" | "1d" | "7d" | "30d" | "1y" | number;
  /** Who may read the file. */
  initialAcl?: StorageACL;
}

/** What a reader is told: the file, that it is forbidden, or that there is none. */
export type StorageACLDecision = "hide" | "forbid" | "allow";

/** A decision for one user. */
export interface StorageACLRule {
  user: string;
  decision: StorageACLDecision;
}

/** Who may read a file. */
export interface StorageACL {
  default?: StorageACLDecision;
  rules?: StorageACLRule[];
}

/** Bytes sent so far, over all files of a call. Never goes back. */
export interface UploadProgress {
  loaded: number;
  total: number;
}

interface FileOptions {
  /** Told how much of the call's files is sent, in bytes. */
  readonly onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
  /**
   * Settles the call at once, with the signal's reason (an `AbortError` by default). A job
   * that the call has submitted is cancelled on the server.
   */
  readonly abortSignal?: AbortSignal | undefined;
}

/** Options of every call that takes a model's input. */
export interface RunOptions<Input> extends FileOptions {
  /** The model's input. A `File` or `Blob` anywhere in it is replaced by its URL. */
  readonly input?: Input;
  /** The HTTP method; with `get`, the input is sent as the query. @default "post" */
  readonly method?: "get" | "post" | "put" | "delete" | (string & {});
  /** How long, and for whom, the service keeps the files of this request. */
  readonly storageSettings?: StorageSettings | undefined;
  /**
   * Seconds, greater than 1, within which the service must start to work on the request;
   * it gives up with a 504 otherwise. Sent as `x-fal-request-timeout`.
   */
  readonly startTimeout?: number | undefined;
  /** How files in the input become strings. @default the client's setting, "upload" */
  readonly files?: FileHandling | undefined;
  /** Check the input before anything is sent. @default the client's setting, true */
  readonly validate?: boolean | undefined;
}

/** Options of `submit`. */
export interface SubmitOptions<Input> extends RunOptions<Input> {
  /** Where the service posts the result to when the request is completed. */
  readonly webhookUrl?: string | undefined;
  /** `low` waits behind all normal requests. @default "normal" */
  readonly priority?: QueuePriority | undefined;
  /** Prefers a runner that served this hint before. Sent as `x-fal-runner-hint`. */
  readonly hint?: string | undefined;
  /**
   * More headers of the submit. `priority`, `hint`, `startTimeout` and `storageSettings`
   * win over the headers that they stand for.
   */
  readonly headers?: Record<string, string> | undefined;
}

/** The place of a request in line. */
export type QueuePriority = "low" | "normal";

/** Options of `subscribe`, beside those of a submit. */
export interface QueueSubscribeOptions {
  /** Told the request id, once the request is in the queue. */
  readonly onEnqueue?: ((requestId: string) => void) | undefined;
  /** Told each status, from the first in the queue to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Ask for the model's logs with each status. @default false */
  readonly logs?: boolean | undefined;
  /** Milliseconds between two questions for the status. @default 500 */
  readonly pollInterval?: number | undefined;
  /**
   * Milliseconds from the submit (uploads are not counted) until the call settles with a
   * `TimeoutError` and cancels the job. @default none
   */
  readonly timeout?: number | undefined;
  /**
   * Accepted for programs written for `@fal-ai/client`. This version polls in both modes.
   */
  readonly mode?: "polling" | "streaming" | undefined;
}

/** Names a request. */
export interface RequestOptions {
  /** The id that `submit` or `onEnqueue` gave. */
  readonly requestId: string;
  /** Ends the call. The request itself goes on. */
  readonly abortSignal?: AbortSignal | undefined;
}

/** Options of `status`. */
export interface QueueStatusOptions extends RequestOptions {
  /** Ask for the model's logs. @default false */
  readonly logs?: boolean | undefined;
}

/** Options of `upload`. */
export interface UploadOptions extends FileOptions {
  /** How long, and for whom, the service keeps the file. */
  readonly lifecycle?: StorageSettings | undefined;
}

/** A result and the id of the request that gave it. */
export interface Result<T> {
  data: T;
  requestId: string;
}

/** One log entry of a model. */
export interface RequestLog {
  message: string;
  level: "STDERR" | "STDOUT" | "ERROR" | "INFO" | "WARN" | "DEBUG";
  source: "USER";
  /** ISO 8601; may lack a zone. */
  timestamp: string;
}

/** What the service measured. */
export interface Metrics {
  /** Seconds the model ran. */
  inference_time: number | null;
}

interface BaseQueueStatus {
  status: "IN_QUEUE" | "IN_PROGRESS" | "COMPLETED";
  request_id: string;
  response_url: string;
  status_url: string;
  cancel_url: string;
}

/** Waiting in line. */
export interface InQueueQueueStatus extends BaseQueueStatus {
  status: "IN_QUEUE";
  /** How many requests are ahead. */
  queue_position: number;
}

/** Being worked on. */
export interface InProgressQueueStatus extends BaseQueueStatus {
  status: "IN_PROGRESS";
  /** All entries so far; `null` unless logs were asked for. */
  logs: RequestLog[];
}

/** Ended, well or not: the result call tells which. */
export interface CompletedQueueStatus extends BaseQueueStatus {
  status: "COMPLETED";
  logs: RequestLog[];
  metrics?: Metrics;
  /** Why the request failed, if it did. */
  error?: string;
  /** The kind of that failure. */
  error_type?: string;
}

/** Where a request stands. */
export type QueueStatus = InQueueQueueStatus | InProgressQueueStatus | CompletedQueueStatus;

/** One finding of the service about a field of the input. */
export interface ValidationErrorInfo {
  /** The finding in words. */
  msg: string;
  /** Where: `["body", "<field>", …]`. */
  loc: Array<string | number>;
  /** The kind of finding, to branch on. */
  type: string;
}

/** Requests in the queue. */
export interface QueueClient {
  /**
   * Puts a request into the queue.
   * @returns the service's reply, with the `request_id` to keep
   */
  submit<Id extends EndpointType>(
    endpointId: Id,
    options: SubmitOptions<InputType<Id>>,
  ): Promise<InQueueQueueStatus>;
  /** Asks where a request stands. */
  status(endpointId: string, options: QueueStatusOptions): Promise<QueueStatus>;
  /** Fetches the result of a completed request. A failed one rejects with its failure. */
  result<Id extends EndpointType>(
    endpointId: Id,
    options: RequestOptions,
  ): Promise<Result<OutputType<Id>>>;
  /** Cancels a request. One that runs already may still complete. */
  cancel(endpointId: string, options: RequestOptions): Promise<void>;
}

/** Files kept by fal. */
export interface StorageClient {
  /**
   * Stores a file of up to 90 MiB.
   * @returns its URL, for use in a model's input
   */
  upload(file: Blob, options?: UploadOptions): Promise<string>;
}

/** A client for fal.ai. */
export interface FalClient {
  readonly queue: QueueClient;
  readonly storage: StorageClient;
  /**
   * Submits a request, follows it to its end and fetches its result.
   *
   * Rejects with `ValidationError` or `ApiError` where the service or the model refuses,
   * with `FalError` where no usable answer comes, with the abort reason or a
   * `TimeoutError`. Errors carry the `requestId` where there is one: after a lost
   * connection, `queue.result` fetches what was paid for.
   */
  subscribe<Id extends EndpointType>(
    endpointId: Id,
    options: SubmitOptions<InputType<Id>> & QueueSubscribeOptions,
  ): Promise<Result<OutputType<Id>>>;
}
