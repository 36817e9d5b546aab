// Where requests are saved, and what happens when that fails: a job that is paid for goes on.

import { Late, bounded } from "../core/patience.ts";
import { badArgument } from "../core/wasm.ts";
import type { PendingEntry, PendingStore } from "../types/journal.ts";
import { inDatabase } from "./database.ts";
import { isEntry } from "./entry.ts";

/** What a store holds, beside requests: uploads, without an endpoint id. */
export type Item = Pick<PendingEntry, "requestId">;

/** A store, used so that it cannot hold anything up: what does not answer is waited for once, and not for long. */
export class SavedItems {
  readonly #store: PendingStore;
  readonly #isDatabase: boolean;
  /** The last put of each item that has not answered yet. */
  readonly #puts = new Map<string, Promise<unknown>>();
  /** Items that are dropped, or will be when their put has answered. */
  readonly #dropped = new Set<string>();
  readonly #writes = new Set<Promise<void>>();
  /** The store has not answered the last time. It is not waited for until it does. */
  #isSilent = false;

  constructor(store: PendingStore, isDatabase: boolean) {
    this.#store = store;
    this.#isDatabase = isDatabase;
  }

  /** Everything that is saved. Rejects with `store_unavailable`, or with what the caller's own `list` throws. */
  async list(): Promise<Item[]> {
    await Promise.all(this.#writes);
    try {
      const items = [...(await bounded(async () => this.#store.list()))];
      return items.filter((item) => typeof item?.requestId === "string" && !this.#dropped.has(item.requestId));
    } catch (reason) {
      throw this.#problem("read", reason);
    }
  }

  /** The requests among it. */
  async requests(): Promise<PendingEntry[]> {
    return (await this.list()).filter((item): item is PendingEntry => isEntry(item));
  }

  /** Saves an item, in place of the one with its id. Never rejects. */
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

  /** Drops an item. Never rejects. */
  drop(requestId: string): Promise<void> {
    return this.#write(this.#delete(requestId));
  }

  /** Drops an item, and says whether that worked: rejects as `list` does. */
  async forget(requestId: string): Promise<void> {
    await Promise.all(this.#writes);
    try {
      await bounded(this.#delete(requestId));
    } catch (reason) {
      throw this.#problem("changed", reason);
    }
  }

  async #delete(requestId: string): Promise<void> {
    this.#dropped.add(requestId);
    const late = this.#puts.get(requestId);
    await this.#store.delete(requestId);
    if (!late) return void this.#dropped.delete(requestId);
    // A put that lands after the delete would bring the item back.
    void late.then(async () => {
      if (!this.#dropped.has(requestId)) return;
      await this.#store.delete(requestId);
      this.#dropped.delete(requestId);
    }).catch(ignore);
  }

  #write(work: Promise<unknown>): Promise<void> {
    const answered = work.catch(warn).finally(() => (this.#isSilent = false));
    if (this.#isSilent) return Promise.resolve();
    const written: Promise<void> = bounded(answered)
      .catch((late) => {
        this.#isSilent = true;
        warn(late);
      })
      .then(() => void this.#writes.delete(written));
    this.#writes.add(written);
    return written;
  }

  #problem(what: string, cause: any): unknown {
    if (!this.#isDatabase && !(cause instanceof Late)) return cause;
    return { falCode: "store_unavailable", problem: `The saved requests cannot be ${what}: ${words(cause)}`, cause };
  }
}

let database: SavedItems | undefined;
const stores = new WeakMap<PendingStore, SavedItems>();

/** The store that `persist` stands for. */
export function savedIn(persist: any): SavedItems {
  if (persist === true) return (database ??= new SavedItems(ownDatabase(), true));
  const isStore = ["list", "put", "delete"].every((name) => typeof persist[name] === "function");
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
    // It is blocked, which is said when it is used.
    return false;
  }
}

let isWarned = false;

function warn(cause: unknown): void {
  if (isWarned) return;
  isWarned = true;
  console.warn(`fal-wasm: the store of pending requests failed, so that a reload may lose a job: ${words(cause)}`);
}

function words(cause: any): string {
  return String(cause?.message ?? cause).replace(/\.$/, "");
}

function ignore(): void {}
