// What is known of an upload in parts, kept so that it goes on after the page was closed.

import { bounded } from "../patience.ts";
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

/**
 * The record of one file, in a store or, without one, only here. Only a file of the user's has an identity to be
 * found by again; other bytes that look alike must not be mixed with it.
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
    const record: any = await quietly(() => this.#store?.get(this.#key));
    return record?.fingerprint === this.#fingerprint && record.etags ? record : undefined;
  }

  record({ upload_url: uploadUrl, file_url: fileUrl }: Place, partSize: number): UploadRecord {
    return { fingerprint: this.#fingerprint, uploadUrl, fileUrl, partSize, etags: {}, at: Date.now() };
  }

  /** Saves the record as it is now. The upload does not wait for it. */
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
    return await bounded(work);
  } catch {
    return undefined;
  }
}

/** Whether the user chose it, from a disk: it has a name, and a time of change. */
function isIdentifiable({ name, lastModified }: any): boolean {
  return typeof name === "string" && name !== "" && lastModified > 0;
}

/** The same for the same file after a reload; its first and last bytes stand for all of them. */
async function fingerprint(file: any, headers: object): Promise<string> {
  const facts = JSON.stringify([file.name, file.size, file.type, file.lastModified, headers]);
  const bytes = await new Blob([facts, file.slice(0, EDGE_BYTES), file.slice(-EDGE_BYTES)]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
