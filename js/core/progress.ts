import { counted } from "./xhr.ts";

/** Bytes sent, over all the uploads of one call, told to the caller's `onUploadProgress`. */
export class Progress {
  readonly #callback: unknown;
  /** Bytes sent of each file, by the URL that takes them. */
  readonly #sent = new Map<Blob, Map<string, number>>();
  readonly #finished = new Set<Blob>();

  constructor(callback: unknown, files: Blob[]) {
    this.#callback = callback;
    for (const file of files) this.#sent.set(file, new Map());
  }

  /** A `fetch` that counts, where somebody listens and this runtime has one. */
  sender(file: Blob, config: any): typeof fetch | undefined {
    if (typeof this.#callback !== "function") return undefined;
    this.#report();
    if (config.fetch || typeof XMLHttpRequest === "undefined") return undefined;
    return counted((url, bytes) => {
      const sent = this.#sent.get(file);
      // Never back, so that a part sent again does not move the bar the wrong way.
      if (bytes > (sent?.get(url) ?? 0)) sent?.set(url, bytes);
      this.#report();
    });
  }

  /** All bytes of a file are sent. */
  finish(file: Blob): void {
    this.#finished.add(file);
    this.#report();
  }

  #report(): void {
    if (typeof this.#callback !== "function") return;
    let loaded = 0;
    let total = 0;
    for (const [file, sent] of this.#sent) {
      total += file.size;
      let bytes = this.#finished.has(file) ? file.size : 0;
      for (const part of sent.values()) bytes += part;
      loaded += Math.min(bytes, file.size);
    }
    try {
      this.#callback({ loaded, total });
    } catch {
      // What a progress bar throws must not fail the upload.
    }
  }
}
