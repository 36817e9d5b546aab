import type { Metrics } from "./status.ts";
import type { FileHandling } from "./config.ts";
import type { FileOptions, StorageSettings } from "./storage.ts";

/**
 * A result and the id of the request that gave it.
 *
 * @example
 * ```ts
 * const play = ({ data }: Result<{ video: { url: string } }>) => (video.src = data.video.url);
 * ```
 */
export interface Result<T> {
  data: T;
  requestId: string;
  /** The service's metrics: `inference_time` in seconds. After `subscribe`; not enumerable. */
  readonly metrics?: Metrics | undefined;
  /** How long the request took, measured by this client. After `subscribe`; not enumerable. */
  readonly timings?: Timings | undefined;
  /** The billed units, if the page may read that header. Not enumerable. */
  readonly billableUnits?: number | undefined;
}

/**
 * How long a request took, in milliseconds.
 *
 * @example
 * ```ts
 * const describe = ({ queued, ran }: Timings) => `waited ${queued} ms, ran ${ran} ms`;
 * ```
 */
export interface Timings {
  /** From the submit until the model began. */
  readonly queued: number;
  /** From there until it was completed. */
  readonly ran: number;
  readonly total: number;
}

/**
 * The HTTP method of a call.
 *
 * @example
 * ```ts
 * const method: HttpMethod = "get";
 * await fal.run("acme/app", { input: { prompt: "a cat" }, method });
 * ```
 */
export type HttpMethod = "get" | "post" | "put" | "delete" | (string & {});

/**
 * Options of every call that takes a model's input.
 *
 * @example
 * ```ts
 * const options: RunOptions<{ prompt: string }> = { input: { prompt: "a cat" }, startTimeout: 10 };
 * await fal.run("acme/app", options);
 * ```
 */
export interface RunOptions<Input> extends FileOptions {
  /** The model's input. A `File` or `Blob` anywhere in it is replaced by its URL. */
  readonly input?: Input;
  /** The HTTP method; with `get`, the input is sent as the query. @default "post" */
  readonly method?: HttpMethod;
  /** How long, and for whom, the service keeps the files of this request. */
  readonly storageSettings?: StorageSettings | undefined;
  /**
   * Seconds, greater than 1, within which the service must start to work on the request. Otherwise
   * the service ends the request with a 504. Sent as `x-fal-request-timeout`.
   */
  readonly startTimeout?: number | undefined;
  /** How files in the input become strings. @default the client's setting, "upload" */
  readonly files?: FileHandling | undefined;
  /** Check the input before anything is sent. @default the client's setting, true */
  readonly validate?: boolean | undefined;
}

/**
 * The parts of an endpoint's URL besides its id.
 *
 * @example
 * ```ts
 * const options: UrlOptions = { subdomain: "queue", path: "/requests" };
 * ```
 */
export interface UrlOptions {
  /** The subdomain of `fal.run`, e.g. `queue`. */
  readonly subdomain?: string;
  /** The query's parameters by name. */
  readonly query?: Record<string, string>;
  /** The path after the endpoint id. */
  path?: string;
}

/**
 * The parts of an endpoint id.
 *
 * @example
 * ```ts
 * const { owner, alias }: EndpointId = parseEndpointId("acme/app");
 * ```
 */
export interface EndpointId {
  readonly owner: string;
  readonly alias: string;
  /** The path after the alias, without a leading slash. */
  readonly path?: string;
  readonly namespace?: "workflows" | "comfy";
}

/**
 * One finding of the service about a field of the input.
 *
 * @example
 * ```ts
 * const describe = ({ loc, msg }: ValidationErrorInfo) => `${loc.join(".")}: ${msg}`;
 * ```
 */
export interface ValidationErrorInfo {
  /** The finding in words. */
  msg: string;
  /** The path of the field: `["body", "<field>", …]`. */
  loc: Array<string | number>;
  /** The kind of finding, to branch on. */
  type: string;
}
