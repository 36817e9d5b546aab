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
