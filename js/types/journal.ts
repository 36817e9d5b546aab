import type { QueueModeOptions } from "./queue.ts";
import type { Progress } from "./progress.ts";
import type { QueueStatus } from "./status.ts";

/**
 * A saved request: it was submitted, and its result was not delivered yet. It is plain JSON, and holds
 * no key, token, input or header.
 *
 * @example
 * ```ts
 * const entries = new Map<string, PendingEntry>();
 * fal.config({
 *   persist: { list: () => entries.values(), put: (entry) => entries.set(entry.requestId, entry), delete: (id) => entries.delete(id) },
 * });
 * ```
 */
export interface PendingEntry {
  readonly endpointId: string;
  /** The id that the service gave. */
  readonly requestId: string;
  /** When it was submitted, in milliseconds since 1970 by this machine's clock. */
  readonly submittedAt: number;
  /** The `label` of its submit. */
  readonly label?: any; // oxlint-disable-line typescript/no-explicit-any -- the caller's own JSON
  /** Its call asked for logs, so `resume` does, too. */
  readonly logs?: boolean;
  /** The status URL that the service gave, without query. */
  readonly statusUrl?: string;
  /** The result URL that the service gave, without query. */
  readonly responseUrl?: string;
  /** The cancel URL that the service gave, without query. */
  readonly cancelUrl?: string;
  /**
   * How its client reaches fal: the URL of its proxy without query, or `fal`. If the client sends a key,
   * a fingerprint of the key follows, which does not reveal it. Older versions saved no route.
   */
  readonly route?: string;
  /** When `resume` found that fal no longer knows it, in milliseconds since 1970. */
  readonly expiredAt?: number;
}

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
 * A store of pending requests: three methods, which may return promises. If `put` or `delete` throws,
 * the package warns once, and the call goes on. If `list` throws, `pending` rejects with the same
 * reason. The package waits at most 3 s for each method.
 *
 * @example
 * ```ts
 * const read = (): PendingEntry[] => JSON.parse(localStorage.getItem("requests") ?? "[]");
 * const write = (entries: PendingEntry[]) => localStorage.setItem("requests", JSON.stringify(entries));
 * const store: PendingStore = {
 *   list: read,
 *   put: (entry) => write([...read().filter(({ requestId }) => requestId !== entry.requestId), entry]),
 *   delete: (id) => write(read().filter(({ requestId }) => requestId !== id)),
 * };
 * fal.config({ proxyUrl: "/api/fal/proxy", persist: store });
 * ```
 */
export interface PendingStore {
  /** All entries that were put and not deleted, in any order. */
  list(): Iterable<PendingEntry> | PromiseLike<Iterable<PendingEntry>>;
  /** Saves an entry. It replaces one with the same `requestId`. */
  put(entry: PendingEntry): unknown;
  /** Deletes the entry with this `requestId`, if there is one. */
  delete(requestId: string): unknown;
}

/**
 * Where to save submitted requests until their results are delivered, and uploads in parts until they
 * are complete. `true` saves in this origin's IndexedDB (database `fal-wasm`); your own store works
 * everywhere. A saved upload holds its upload URL.
 *
 * @example
 * ```ts
 * const persist: Persist = true;
 * fal.config({ proxyUrl: "/api/fal/proxy", persist });
 * ```
 */
export type Persist = boolean | PendingStore;

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
