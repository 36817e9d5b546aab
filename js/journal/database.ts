// The database of the browser's that `persist: true` saves in.

import { type UseStore, del, promisifyRequest, set, values } from "idb-keyval";
import { bounded } from "../core/patience.ts";
import type { PendingStore } from "../types/journal.ts";

const NAME = "fal-wasm";
const STORE = "pending";

/** The connection, while there is one. */
let connection: Promise<IDBDatabase> | undefined;

/** The store in this origin's IndexedDB, which is opened at its first use. */
export function inDatabase(): PendingStore {
  return {
    list: () => values(use),
    put: (entry) => set(entry.requestId, entry, use),
    delete: (requestId) => del(requestId, use),
  };
}

const use: UseStore = async (mode, work) => work(await open(mode));

async function open(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  try {
    return objectStore(await connected(), mode);
  } catch (reason: any) {
    if (reason?.name !== "InvalidStateError") throw reason;
    // The connection was closed, and nobody was told.
    connection = undefined;
    return objectStore(await connected(), mode);
  }
}

function objectStore(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(STORE, mode).objectStore(STORE);
}

function connected(): Promise<IDBDatabase> {
  if (connection) return connection;
  const attempt = connect();
  connection = attempt;
  // The next use tries again where this fails, or takes too long; what waits for it may still be served.
  bounded(attempt).catch(() => {
    if (connection === attempt) connection = undefined;
  });
  return attempt;
}

async function connect(version?: number): Promise<IDBDatabase> {
  const asked = indexedDB.open(NAME, version);
  asked.onupgradeneeded = () => {
    const { result } = asked;
    if (!result.objectStoreNames.contains(STORE)) result.createObjectStore(STORE);
  };
  const database = await promisifyRequest(asked);
  const forget = (): void => void (connection = undefined);
  database.onclose = forget;
  // Another page deletes the database, or changes its version: it would wait for this connection to close.
  database.onversionchange = () => {
    forget();
    database.close();
  };
  if (database.objectStoreNames.contains(STORE)) return database;
  // Somebody else has made an empty database of this name.
  database.close();
  return connect(database.version + 1);
}
