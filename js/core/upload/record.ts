// The record of an upload in parts. It is saved so that the upload can continue after the page was closed.

import { awaitAtMost } from "../patience.ts";

/** An upload URL, and the URL of the stored file. */
export interface UploadUrls {
  upload_url: string;
  file_url: string;
}

/** A store of records. If it throws, the record is lost, but the upload goes on. */
export interface Store {
  get(key: string): Promise<unknown>;
  set(key: string, value: UploadRecord): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** An upload in parts that has begun, as plain data. Its upload URL is a secret: it allows sending this file. */
export interface UploadRecord {
  /** A fingerprint of the file and of its storage settings. */
  fingerprint: string;
  uploadUrl: string;
  fileUrl: string;
  /** The size of every part but the last, in bytes. */
  partSize: number;
  /** The etags of the stored parts, by number from 1. */
  etags: Record<number, string>;
  /** When it began, in milliseconds since 1970. */
  at: number;
}

const EDGE_BYTES = 65_536;

/**
 * Saves the record of one file. Without a store it saves nothing. Only a file from the user's disk can be recognized
 * later; other bytes that look alike must not be mixed with it.
 */
export class Memory {
  readonly #store: Store | undefined;
  readonly #fingerprint: string;
  #saving: Promise<void> | undefined;
  #isChanged = false;

  private constructor(store: Store | undefined, fingerprint: string) {
    this.#store = store;
    this.#fingerprint = fingerprint;
  }

  static async of(store: Store | undefined, file: Blob, headers: object): Promise<Memory> {
    // Only pages from secure origins can hash.
    const isKnown = store && isIdentifiable(file) && globalThis.crypto?.subtle;
    const print = isKnown ? await fingerprint(file, headers) : "";
    return new Memory(print ? store : undefined, print);
  }

  get #key(): string {
    return `upload:${this.#fingerprint}`;
  }

  async load(): Promise<UploadRecord | undefined> {
    const record = (await quietly(() => this.#store?.get(this.#key))) as UploadRecord | null | undefined;
    return record?.fingerprint === this.#fingerprint && record.etags ? record : undefined;
  }

  record({ upload_url: uploadUrl, file_url: fileUrl }: UploadUrls, partSize: number): UploadRecord {
    return { fingerprint: this.#fingerprint, uploadUrl, fileUrl, partSize, etags: {}, at: Date.now() };
  }

  /** Saves the record as it is now. The upload does not wait for that. */
  save(record: UploadRecord): void {
    this.#isChanged = true;
    this.#saving ??= this.#save(record).finally(() => (this.#saving = undefined));
  }

  async #save(record: UploadRecord): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      const { etags } = record;
      await quietly(() => this.#store?.set(this.#key, { ...record, etags: { ...etags } }));
    }
  }

  async forget(): Promise<void> {
    this.#isChanged = false;
    await this.#saving;
    await quietly(() => this.#store?.delete(this.#key));
  }
}

async function quietly(work: () => unknown): Promise<unknown> {
  try {
    return await awaitAtMost(work);
  } catch {
    return undefined;
  }
}

/** Whether the user chose the file from a disk: it has a name and a modification time. */
function isIdentifiable({ name, lastModified }: Partial<File>): boolean {
  return typeof name === "string" && name !== "" && lastModified! > 0;
}

/** A hash that stays the same for the same file after a reload. Of the content it covers the first and last bytes. */
async function fingerprint(file: Blob & Partial<File>, headers: object): Promise<string> {
  const facts = JSON.stringify([file.name, file.size, file.type, file.lastModified, headers]);
  const bytes = await new Blob([facts, file.slice(0, EDGE_BYTES), file.slice(-EDGE_BYTES)]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
