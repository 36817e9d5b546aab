// How much of a call's files is sent.

import type { UploadProgress } from "../types/storage.ts";
import type { Reachability } from "./reporter.ts";

/** How often the caller gets a report while bytes are on their way, in milliseconds. */
const EVERY_MS = 100;

/** Reports to the caller. */
interface Listener {
  report(bytes: UploadProgress): void;
  /** Nothing is sent, since a try failed. */
  reportLost(): void;
}

/** Reports bytes sent to a caller who listens; `undefined` where nobody does. */
export function sent({ onUploadProgress, onProgress, onRetry }: any): Listener | undefined {
  if (!onUploadProgress && !onProgress) return undefined;
  return {
    report({ loaded, total }) {
      callSafely(onUploadProgress, { loaded, total });
      callSafely(onProgress, { phase: "uploading", progress: total > 0 ? loaded / total : undefined, loaded, total });
    },
    reportLost: () => onRetry?.(),
  };
}

/** Calls a caller's function, if it is one. A progress bar that throws must not fail a job that is paid for. */
function callSafely(callback: unknown, progress: object): void {
  if (typeof callback !== "function") return;
  try {
    callback(progress);
  } catch {
    // As said.
  }
}

/** Counts the bytes sent over all the uploads of one call. */
export class Progress implements Reachability {
  readonly #listener: Listener | undefined;
  /** Bytes sent of each file, by the URL that takes them, as the last try has it. */
  readonly #sent = new Map<Blob, Map<string, number>>();
  #uploads = 0;
  #timer: any;
  /** The most that was reported. */
  #reported = 0;
  #reportedAt = 0;
  /** A try failed, and no bytes were sent since. */
  #isLost = false;

  constructor(listener: Listener | undefined, files: Blob[]) {
    this.#listener = listener;
    for (const file of files) this.restart(file);
  }

  /** An upload begins; to be ended, whatever comes of it. */
  begin(): void {
    if (!this.#listener) return;
    if (this.#uploads++ > 0) return;
    this.#timer = setInterval(() => this.#report(), EVERY_MS);
    this.#report();
  }

  end(): void {
    if (--this.#uploads === 0) clearInterval(this.#timer);
  }

  /** So many bytes of a file are sent to this URL. */
  tell(file: Blob, url: string, bytes: number): void {
    this.#isLost = false;
    this.#sent.get(file)?.set(url, bytes);
    // Timers of a page in the background are slow.
    if (performance.now() - this.#reportedAt > 2 * EVERY_MS) this.#report();
  }

  /** Nothing of a file counts any more. */
  restart(file: Blob): void {
    this.#sent.set(file, new Map());
  }

  /** All bytes of a file are sent. */
  finish(file: Blob): void {
    this.#isLost = false;
    this.#sent.set(file, new Map([["", file.size]]));
    this.#report();
  }

  /** A try failed. The next report says so, unless other files or parts are sent meanwhile. */
  readonly onRetry = (): void => {
    this.#isLost = true;
  };

  readonly onAnswer = (): void => {
    this.#isLost = false;
  };

  #report(): void {
    if (!this.#listener) return;
    this.#reportedAt = performance.now();
    if (this.#isLost) return this.#listener.reportLost();
    let loaded = 0;
    let total = 0;
    for (const [file, sent] of this.#sent) {
      total += file.size;
      for (const part of sent.values()) loaded += part;
    }
    // Never back, so that a part sent again does not move the bar the wrong way.
    this.#reported = Math.max(this.#reported, loaded);
    this.#listener.report({ loaded: this.#reported, total });
  }
}
