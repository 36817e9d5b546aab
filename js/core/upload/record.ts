// What is known of an upload in parts, kept so that it goes on after the page was closed.

import type { Place } from "./place.ts";

/** Where records are kept. What it throws costs the record, not the upload. */
export interface Store {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** An upload in parts that has begun. Plain data; the URL in it lets whoever has it send this file. */
export interface UploadRecord {
  /** Of the file, and of how it is to be kept. */
  fingerprint: string;
  uploadUrl: string;
  fileUrl: string;
  /** The size of every part but the last, in bytes. */
  partSize: number;
  /** Of the parts that are there, by number from 1. */
  etags: Record<number, string>;
  /** When it began, in milliseconds since 1970. */
  at: number;
}

const EDGE_BYTES = 65_536;

/** The record of one file, in a store or, without one, only here. */
export class Memory {
  readonly #store: Store | undefined;
  readonly #fingerprint: string;

  private constructor(store: Store | undefined, fingerprint: string) {
    this.#store = store;
    this.#fingerprint = fingerprint;
  }

  static async of(store: Store | undefined, file: Blob, headers: object): Promise<Memory> {
    // Only pages from secure origins can hash.
    const print = store && globalThis.crypto?.subtle ? await fingerprint(file, headers) : "";
    return new Memory(print ? store : undefined, print);
  }

  get #key(): string {
    return `upload:${this.#fingerprint}`;
  }

  async load(): Promise<UploadRecord | undefined> {
    const record: any = await quietly(() => this.#store?.get(this.#key));
    return record?.fingerprint === this.#fingerprint && record.etags ? record : undefined;
  }

  record({ upload_url: uploadUrl, file_url: fileUrl }: Place, partSize: number): UploadRecord {
    return { fingerprint: this.#fingerprint, uploadUrl, fileUrl, partSize, etags: {}, at: Date.now() };
  }

  async save(record: UploadRecord): Promise<void> {
    await quietly(() => this.#store?.set(this.#key, record));
  }

  async forget(): Promise<void> {
    await quietly(() => this.#store?.delete(this.#key));
  }
}

async function quietly(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** The same for the same file after a reload; its first and last bytes stand for all of them. */
async function fingerprint(file: any, headers: object): Promise<string> {
  const facts = JSON.stringify([file.name, file.size, file.type, file.lastModified, headers]);
  const bytes = await new Blob([facts, file.slice(0, EDGE_BYTES), file.slice(-EDGE_BYTES)]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
