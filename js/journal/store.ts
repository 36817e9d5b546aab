// Where entries are kept, and what happens when that fails: a job that is paid for goes on.

import { createStore, del, set, values } from "idb-keyval";
import { badArgument } from "../core/wasm.ts";
import type { PendingStore } from "../types/journal.ts";

/** Databases of browsers have been seen to never answer. */
const PATIENCE_MS = 3_000;

let database: PendingStore | undefined;

/** The store that `persist` stands for. */
export function storeOf(persist: any): PendingStore {
  if (persist === true) return (database ??= inDatabase());
  const isStore = ["list", "put", "delete"].every((name) => typeof persist[name] === "function");
  if (!isStore) throw badArgument("persist", "must be true, or a store with the methods list, put and delete");
  return persist;
}

function inDatabase(): PendingStore {
  if (typeof indexedDB === "undefined") {
    throw badArgument("persist", "this runtime has no IndexedDB: give a store of your own in place of true");
  }
  const store = createStore("fal-wasm", "pending");
  return {
    list: () => values(store),
    put: (entry) => set(entry.requestId, entry, store),
    delete: (requestId) => del(requestId, store),
  };
}

/** Writes of this tab that are under way. */
const writes = new Set<Promise<void>>();

/** Does what writes to a store. It never rejects. */
export function write(work: () => unknown): Promise<void> {
  const written: Promise<void> = bounded(work)
    .then(() => undefined, warn)
    .finally(() => writes.delete(written));
  writes.add(written);
  return written;
}

/** Resolves when all that was to be written is. */
export async function written(): Promise<void> {
  await Promise.all(writes);
}

function bounded(work: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  return Promise.race([late, (async () => work())()]).finally(() => clearTimeout(timer));
}

let isWarned = false;

function warn(cause: any): void {
  if (isWarned) return;
  isWarned = true;
  console.warn(`fal-wasm: the store of pending requests failed, so that a reload may lose a job: ${cause?.message ?? cause}`);
}
