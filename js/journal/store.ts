// Saves requests in a store. If the store fails, the call goes on, as its job is paid for.

import { Late, awaitAtMost } from "../core/patience.ts";
import { badArgument } from "../core/bad-argument.ts";
import type { ProblemFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import type { PendingEntry, PendingStore } from "../types/persist.ts";
import { inDatabase } from "./database.ts";
import { isEntry } from "./entry.ts";

/** An item of a store: a request, or an upload, which has no endpoint id. */
export type Item = Pick<PendingEntry, "requestId">;

/** A store with time limits, so that it cannot block a call. After a timeout, nothing waits for it until it answers. */
export class SavedItems {
  readonly #store: PendingStore;
  readonly #isDatabase: boolean;
  /** The last `put` of each item, until the store has answered it. */
  readonly #puts = new Map<string, Promise<unknown>>();
  /** The ids of items that are deleted, or will be when their `put` is answered. */
  readonly #dropped = new Set<string>();
  readonly #writes = new Set<Promise<void>>();
  /** The store did not answer the last time. Until it does, nothing waits for it. */
  #isSilent = false;

  constructor(store: PendingStore, isDatabase: boolean) {
    this.#store = store;
    this.#isDatabase = isDatabase;
  }

  /** All saved items. Rejects with `store_unavailable`, or with the exception of the caller's own `list`. */
  async list(): Promise<Item[]> {
    await Promise.all(this.#writes);
    try {
      const items = [...(await awaitAtMost(async () => this.#store.list()))];
      return items.filter((item) => typeof item?.requestId === "string" && !this.#dropped.has(item.requestId));
    } catch (reason) {
      throw this.#problem("read", reason);
    }
  }

  /** The saved requests. */
  async requests(): Promise<PendingEntry[]> {
    return (await this.list()).filter((item): item is PendingEntry => isEntry(item));
  }

  /** Saves an item. It replaces one with the same id. Never rejects. */
  save(item: Item): Promise<void> {
    const { requestId } = item;
    this.#dropped.delete(requestId);
    const put = (async () => this.#store.put(item as PendingEntry))();
    const answered = put.then(ignore, ignore).finally(() => {
      if (this.#puts.get(requestId) === answered) this.#puts.delete(requestId);
    });
    this.#puts.set(requestId, answered);
    return this.#write(put);
  }

  /** Deletes an item. Never rejects. */
  drop(requestId: string): Promise<void> {
    return this.#write(this.#delete(requestId));
  }

  /** Deletes an item. Rejects as `list` does if that fails. */
  async forget(requestId: string): Promise<void> {
    await Promise.all(this.#writes);
    try {
      await awaitAtMost(this.#delete(requestId));
    } catch (reason) {
      throw this.#problem("changed", reason);
    }
  }

  async #delete(requestId: string): Promise<void> {
    this.#dropped.add(requestId);
    const late = this.#puts.get(requestId);
    await this.#store.delete(requestId);
    if (!late) return void this.#dropped.delete(requestId);
    // If the `put` is carried out after the delete, the item is back, so delete it again.
    void late.then(async () => {
      if (!this.#dropped.has(requestId)) return;
      await this.#store.delete(requestId);
      this.#dropped.delete(requestId);
    }).catch(ignore);
  }

  #write(work: Promise<unknown>): Promise<void> {
    const answered = work.catch(warn).finally(() => (this.#isSilent = false));
    if (this.#isSilent) return Promise.resolve();
    const written: Promise<void> = awaitAtMost(answered)
      .catch((late) => {
        this.#isSilent = true;
        warn(late);
      })
      .then(() => void this.#writes.delete(written));
    this.#writes.add(written);
    return written;
  }

  #problem(verb: string, cause: unknown): unknown {
    if (!this.#isDatabase && !(cause instanceof Late)) return cause;
    return { falCode: "store_unavailable", problem: `The saved requests cannot be ${verb}: ${words(cause)}`, cause } satisfies ProblemFacts;
  }
}

let database: SavedItems | undefined;
const stores = new WeakMap<PendingStore, SavedItems>();

/** The store for a `persist` option. */
export function storeFor(persist: true | PendingStore): SavedItems {
  if (persist === true) return (database ??= new SavedItems(ownDatabase(), true));
  const isStore = (["list", "put", "delete"] as const).every((name) => typeof persist[name] === "function");
  if (!isStore) throw badArgument("persist", "must be true, or a store with the methods list, put and delete");
  let items = stores.get(persist);
  if (!items) stores.set(persist, (items = new SavedItems(persist, false)));
  return items;
}

function ownDatabase(): PendingStore {
  if (isWithoutDatabase()) {
    throw badArgument("persist", "this runtime has no IndexedDB: give a store of your own in place of true");
  }
  return inDatabase();
}

function isWithoutDatabase(): boolean {
  try {
    return typeof indexedDB === "undefined";
  } catch {
    // The browser blocks IndexedDB. Its use reports that.
    return false;
  }
}

let isWarned = false;

function warn(cause: unknown): void {
  if (isWarned) return;
  isWarned = true;
  console.warn(`fal-wasm: the store of pending requests failed, so that a reload may lose a job: ${words(cause)}`);
}

function words(cause: unknown): string {
  return String((cause as Fields)?.message ?? cause).replace(/\.$/, "");
}

function ignore(): void {}
