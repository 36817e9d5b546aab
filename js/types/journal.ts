import type { PendingEntry, Persist } from "./persist.ts";
import type { Progress } from "./progress.ts";
import type { QueueModeOptions } from "./queue.ts";
import type { QueueStatus } from "./status.ts";

/**
 * A saved request as `pending` lists it.
 *
 * @example
 * ```ts
 * const describe = ({ endpointId, state }: PendingRequest) => `${endpointId} (${state})`;
 * for (const request of await fal.pending()) show(describe(request));
 * ```
 */
export interface PendingRequest extends PendingEntry {
  /**
   * `"expired"` if the request was submitted over 30 days ago, as fal stores results for 30 days,
   * or if fal answered `resume` twice that it does not know the request. fal does not
   * store results over 1 MB, and stores none if the account or `X-Fal-Store-IO: 0` says so. Such results
   * are gone an hour after completion, or after 6 minutes if they are 10 kB or more. An expired request
   * can still be resumed. It stays listed until `forget`, or for a week after `resume` found it expired.
   */
  readonly state: "pending" | "expired";
  /** A call follows it now, in this tab or another one. */
  readonly isFollowed: boolean;
}

/**
 * Says where requests are saved.
 *
 * @example
 * ```ts
 * const options: JournalOptions = { persist: true };
 * await fal.forget(requestId, options);
 * ```
 */
export interface JournalOptions {
  /** The store to use. @default the client's setting, else IndexedDB */
  readonly persist?: Persist | undefined;
}

/**
 * Options of `pending`.
 *
 * @example
 * ```ts
 * const options: PendingOptions = { allRoutes: true };
 * for (const request of await fal.pending(options)) show(request.route);
 * ```
 */
export interface PendingOptions extends JournalOptions {
  /**
   * List the requests of all clients on this origin, including those submitted through another proxy or
   * with another key. @default false
   */
  readonly allRoutes?: boolean | undefined;
}

/**
 * Options of `resume`.
 *
 * @example
 * ```ts
 * const options: ResumeOptions = { wait: true, onProgress: ({ phase }) => show(phase) };
 * for (const request of await fal.pending()) await fal.resume(request, options);
 * ```
 */
export interface ResumeOptions extends PendingOptions, QueueModeOptions {
  /** Ask for the model's logs with each status. @default as in its submit */
  readonly logs?: boolean | undefined;
  /** Called with each status, to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Called with the progress of the request. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Milliseconds from now until the call settles with a `TimeoutError` and cancels the job.
   * @default none
   */
  readonly timeout?: number | undefined;
  /** Settles the call at once, and cancels the job. If the signal is aborted before the call, nothing is done. */
  readonly abortSignal?: AbortSignal | undefined;
  /** Settles the call at once with the code `detached`, and leaves the job running and saved. */
  readonly detachSignal?: AbortSignal | undefined;
  /**
   * If another call or tab follows the request, wait until that ends. Otherwise `resume` rejects with
   * the code `in_use` after a second, the time that a page may need to go away. @default false
   */
  readonly wait?: boolean | undefined;
}
