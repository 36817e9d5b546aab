import type { Persist } from "./persist.ts";
import type { ProxyUrlConfig, RequestMiddleware } from "./middleware.ts";
import type { RetryOptions } from "./retry.ts";

/**
 * Gives the key. Called for each request that needs it.
 *
 * @example
 * ```ts
 * const credentials: CredentialsResolver = () => readKey();
 * fal.config({ credentials });
 * ```
 */
export type CredentialsResolver = () => string | undefined;

/**
 * Turns an answer into the call's result. If it rejects, the call rejects with the same reason.
 *
 * @example
 * ```ts
 * const responseHandler: ResponseHandler<unknown> = async (response) => {
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`);
 *   return response.json();
 * };
 * fal.config({ responseHandler });
 * ```
 */
export type ResponseHandler<Output> = (response: Response) => Promise<Output>;

/**
 * How a `File` or `Blob` in an input becomes a string:
 * - `"upload"`: fal stores the file, and its URL is sent. For all but tiny files.
 * - `"inline"`: the file is sent within the request as a base64 data URI. This saves two requests and
 *   costs a third more bytes, and models may refuse large data URIs. For files of a few kilobytes.
 * - `"auto"`: inline up to 8 kB, else upload.
 *
 * @example
 * ```ts
 * const files: FileHandling = "auto";
 * fal.config({ files });
 * ```
 */
export type FileHandling = "upload" | "inline" | "auto";

/**
 * The configuration of a client.
 *
 * @example
 * ```ts
 * const settings: Config = { proxyUrl: "/api/fal/proxy", persist: true, retry: { maxRetries: 5 } };
 * fal.config(settings);
 * ```
 */
export interface Config {
  /**
   * The key, or a function that gives it. It is sent to fal's own `https` hosts. A key that is given
   * here is also sent to your proxy and to the URLs that your `requestMiddleware` chooses, if they use
   * `https` or belong to the page's own origin or this machine. Keep your own key out of pages, as
   * everyone who opens a page can read it; use `proxyUrl`.
   * @default in runtimes with `process.env`: its `FAL_KEY`, or `FAL_KEY_ID` and `FAL_KEY_SECRET`
   */
  credentials?: undefined | string | CredentialsResolver;
  /** Don't warn about a key in a page. @default false */
  suppressLocalCredentialsWarning?: boolean;
  /** Your proxy, which holds the key, e.g. `"/api/fal/proxy"`. */
  proxyUrl?: string | ProxyUrlConfig;
  /** Changes requests before they are sent. */
  requestMiddleware?: RequestMiddleware;
  /**
   * Reads the answers to submits, statuses, cancels and uploads in place of this package, HTTP errors
   * included. This package always reads results and streams itself.
   * @default throws for an HTTP error; otherwise gives parsed JSON, text or an `ArrayBuffer`,
   * depending on the content type
   */
  responseHandler?: ResponseHandler<any>; // oxlint-disable-line typescript/no-explicit-any -- as in the official types
  /** Sends requests. Called as `fetch(url, init)`. @default the platform's `fetch` */
  fetch?: typeof fetch;
  /** How calls are retried. */
  retry?: Partial<RetryOptions>;
  /** How files in inputs become strings. @default "upload" */
  files?: FileHandling;
  /**
   * Check inputs of known endpoints before anything is sent. Turn it off to use an input value
   * that is newer than this package. @default true
   */
  validate?: boolean;
  /**
   * Save submitted requests until their results are delivered, so that a reload loses none.
   * `pending` lists the saved requests, and `resume` resumes one. @default false
   */
  persist?: Persist;
}
