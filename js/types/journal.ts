import type { QueueModeOptions } from "./queue.ts";
import type { Progress } from "./progress.ts";
import type { QueueStatus } from "./status.ts";

/**
 * A request that was submitted and whose result was not delivered yet. It is plain JSON, and
 * holds no key, token, input or header.
 */
export interface PendingEntry {
  readonly endpointId: string;
  /** The id that the service gave. */
  readonly requestId: string;
  /** When it was submitted, in milliseconds since 1970 by this machine's clock. */
  readonly submittedAt: number;
  /** The caller's own words for it: the `label` of its submit. */
  readonly label?: any;
  /** Its call asked for logs, and so will `resume`. */
  readonly logs?: boolean;
  /** Where the service said to ask for its status, without query. */
  readonly statusUrl?: string;
  /** Where the service said that its result will be, without query. */
  readonly responseUrl?: string;
  /** Where the service said to cancel it, without query. */
  readonly cancelUrl?: string;
  /**
   * How its client reaches fal: the URL of its proxy without query, or `fal`; where the client sends
   * a key, with a fingerprint of that, which does not give it away. Older versions saved none.
   */
  readonly route?: string;
  /** When `resume` found that fal does not know it any more, in milliseconds since 1970. */
  readonly expiredAt?: number;
}

/** An entry as `pending` lists it. */
export interface PendingRequest extends PendingEntry {
  /**
   * `"expired"` where it was submitted over 30 days ago, which is how long fal stores results
   * (protocol §5.7), or where fal has said to `resume`, twice, that it does not know it any more. Results
   * over 1 MB, and all where the account or `X-Fal-Store-IO: 0` turned storing off, are gone an hour
   * after completion already, 6 minutes if they are 10 kB or more. It can be resumed all the same. It
   * stays listed until `forget`, or for a week after `resume` found out.
   */
  readonly state: "pending" | "expired";
  /** A call follows it at this moment, here or in another tab. */
  readonly isFollowed: boolean;
}

/**
 * Where pending requests are saved: three methods, which may return promises. What `put` and
 * `delete` throw is warned of once, and the call goes on; what `list` throws, `pending` throws. A
 * method that does not answer within 3 s is not waited for any longer.
 */
export interface PendingStore {
  /** Every entry that was put and not deleted, in any order. */
  list(): Iterable<PendingEntry> | PromiseLike<Iterable<PendingEntry>>;
  /** Keeps an entry, in place of one with the same `requestId`. */
  put(entry: PendingEntry): unknown;
  /** Drops the entry with this `requestId`, if there is one. */
  delete(requestId: string): unknown;
}

/**
 * Note submitted requests until their results are delivered, and uploads in parts until they are
 * complete: `true` in this origin's IndexedDB (database `fal-wasm`), or a store of yours, which
 * works everywhere. The note of an upload holds the URL that takes the file's parts.
 */
export type Persist = boolean | PendingStore;

/** Says where requests are noted. */
export interface JournalOptions {
  /** Where to look. @default the client's setting, else IndexedDB */
  readonly persist?: Persist | undefined;
}

/** Options of `pending`. */
export interface PendingOptions extends JournalOptions {
  /**
   * List the requests of all clients on this origin, also those that were submitted through another
   * proxy or with another key. @default false
   */
  readonly allRoutes?: boolean | undefined;
}

/** Options of `resume`. */
export interface ResumeOptions extends PendingOptions, QueueModeOptions {
  /** Ask for the model's logs with each status. @default what its submit asked for */
  readonly logs?: boolean | undefined;
  /** Told each status, to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Told how far the request is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Milliseconds from now until the call settles with a `TimeoutError` and cancels the job.
   * @default none
   */
  readonly timeout?: number | undefined;
  /** Settles the call at once, and cancels the job. One that is aborted already does nothing. */
  readonly abortSignal?: AbortSignal | undefined;
  /** Settles the call at once with the code `detached`, and leaves the job running and saved. */
  readonly detachSignal?: AbortSignal | undefined;
  /**
   * Where another call or tab follows the request: wait until it ends. Otherwise `resume` rejects
   * with the code `in_use` after a second, which a page that is just going away needs.
   * @default false
   */
  readonly wait?: boolean | undefined;
}
