import type { Persist } from "./journal.ts";
import type { ProxyUrlConfig, RequestMiddleware } from "./middleware.ts";
import type { RetryOptions } from "./retry.ts";

/** Gives the key for one request, when it is needed. */
export type CredentialsResolver = () => string | undefined;

/** Makes of an answer what the call gives; where it rejects, the call does. */
export type ResponseHandler<Output> = (response: Response) => Promise<Output>;

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
   * The key, or a function that gives it. It is sent to fal's own `https` hosts and, where it is
   * given here, to your proxy and along the route that your `requestMiddleware` chooses, over
   * `https`, to the page's own origin or to this machine. Keep your own key out of pages: whoever
   * can open the page can read it; use `proxyUrl`.
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
  /**
   * Reads answers, HTTP errors too, in place of this package: of submits, statuses, cancels
   * and uploads. Results and streams are always read by this package.
   * @default throws for an HTTP error; gives JSON parsed, text or an `ArrayBuffer`, by the
   * content type
   */
  responseHandler?: ResponseHandler<any>;
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
  /**
   * Note submitted requests until their results are delivered, so that a reload loses none:
   * `pending` lists them, `resume` goes on with one. @default false
   */
  persist?: Persist;
}
