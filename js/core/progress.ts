import { told } from "./updates.ts";

/** Told so often while bytes are on their way, in milliseconds. */
const EVERY_MS = 100;

/** What tells a caller of bytes sent; nothing where nobody listens. */
export function sent({ onUploadProgress, onProgress }: any): ((bytes: Bytes) => void) | undefined {
  if (!onUploadProgress && !onProgress) return undefined;
  return ({ loaded, total }) => {
    told(onUploadProgress, { loaded, total });
    told(onProgress, { phase: "uploading", progress: total > 0 ? loaded / total : undefined, loaded, total });
  };
}

interface Bytes {
  loaded: number;
  total: number;
}

/** Bytes sent, over all the uploads of one call, told to the caller's `onUploadProgress`. */
export class Progress {
  readonly #callback: unknown;
  /** Bytes sent of each file, by the URL that takes them, as the last try has it. */
  readonly #sent = new Map<Blob, Map<string, number>>();
  #uploads = 0;
  #timer: any;
  #told = 0;
  #last = 0;

  constructor(callback: unknown, files: Blob[]) {
    this.#callback = callback;
    for (const file of files) this.restart(file);
  }

  /** An upload begins; to be ended, whatever comes of it. */
  begin(): void {
    if (typeof this.#callback !== "function") return;
    if (this.#uploads++ > 0) return;
    this.#timer = setInterval(() => this.#report(), EVERY_MS);
    this.#report();
  }

  end(): void {
    if (--this.#uploads === 0) clearInterval(this.#timer);
  }

  /** So many bytes of a file are sent to this URL. */
  tell(file: Blob, url: string, bytes: number): void {
    this.#sent.get(file)?.set(url, bytes);
    // Timers of a page in the background are slow.
    if (performance.now() - this.#last > 2 * EVERY_MS) this.#report();
  }

  /** Nothing of a file counts any more. */
  restart(file: Blob): void {
    this.#sent.set(file, new Map());
  }

  /** All bytes of a file are sent. */
  finish(file: Blob): void {
    this.#sent.set(file, new Map([["", file.size]]));
    this.#report();
  }

  #report(): void {
    if (typeof this.#callback !== "function") return;
    this.#last = performance.now();
    let loaded = 0;
    let total = 0;
    for (const [file, sent] of this.#sent) {
      total += file.size;
      for (const part of sent.values()) loaded += part;
    }
    // Never back, so that a part sent again does not move the bar the wrong way.
    this.#told = Math.max(this.#told, loaded);
    this.#callback({ loaded: this.#told, total });
  }
}
