// The IndexedDB database for `persist: true`.

import { type UseStore, del, promisifyRequest, set, values } from "idb-keyval";
import { awaitAtMost } from "../core/patience.ts";
import type { Fields } from "../fields.ts";
import type { PendingStore } from "../types/persist.ts";

const NAME = "fal-wasm";
const STORE = "pending";

/** The connection, if one is open or opening. */
let connection: Promise<IDBDatabase> | undefined;

/** The store in this origin's IndexedDB. It is opened at its first use. */
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
    return objectStore(await openConnection(), mode);
  } catch (reason) {
    if ((reason as Fields)?.name !== "InvalidStateError") throw reason;
    // The browser closed the connection without an event, so open a new one.
    connection = undefined;
    return objectStore(await openConnection(), mode);
  }
}

function objectStore(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(STORE, mode).objectStore(STORE);
}

function openConnection(): Promise<IDBDatabase> {
  if (connection) return connection;
  const attempt = connect();
  connection = attempt;
  // If opening fails or takes too long, the next use tries again. Callers of this attempt may still get its connection.
  awaitAtMost(attempt).catch(() => {
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
  // Another page deletes the database or changes its version, and waits until this connection is closed.
  database.onversionchange = () => {
    forget();
    database.close();
  };
  if (database.objectStoreNames.contains(STORE)) return database;
  // Other code has made an empty database of this name. Add the store, which needs a new version.
  database.close();
  return connect(database.version + 1);
}
