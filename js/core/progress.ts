// Counts the bytes sent of a call's files.

import type { UploadProgress } from "../types/storage.ts";
import type { Reachability } from "./reporter.ts";
import type { UploadOptions } from "./settings.ts";

/** The interval of reports to the caller while bytes are sent, in milliseconds. */
const EVERY_MS = 100;

/** Reports to the caller. */
interface Listener {
  report(bytes: UploadProgress): void;
  /** A try failed, and no bytes were sent since. */
  reportLost(): void;
}

/** A listener that reports bytes to the caller's callbacks; `undefined` if there are none. */
export function sent({ onUploadProgress, onProgress, onRetry }: UploadOptions): Listener | undefined {
  if (!onUploadProgress && !onProgress) return undefined;
  return {
    report({ loaded, total }) {
      callSafely(onUploadProgress, { loaded, total });
      callSafely(onProgress, { phase: "uploading", progress: total > 0 ? loaded / total : undefined, loaded, total });
    },
    reportLost: () => onRetry?.(),
  };
}

/** Calls the caller's callback, and ignores its exceptions. */
function callSafely(callback: unknown, progress: object): void {
  if (typeof callback !== "function") return;
  try {
    callback(progress);
  } catch {
    // A progress bar that throws must not fail a job that is paid for.
  }
}

/** Counts the bytes sent over all the uploads of one call. */
export class Progress implements Reachability {
  readonly #listener: Listener | undefined;
  /** Bytes of each file that the last try sent, by upload URL or part number. */
  readonly #sent = new Map<Blob, Map<string, number>>();
  #uploads = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The highest count that was reported. */
  #reported = 0;
  #reportedAt = 0;
  /** A try failed, and no bytes were sent since. */
  #isLost = false;

  constructor(listener: Listener | undefined, files: Blob[]) {
    this.#listener = listener;
    for (const file of files) this.restart(file);
  }

  /** An upload begins. The caller must call `end` in any case. */
  begin(): void {
    if (!this.#listener) return;
    if (this.#uploads++ > 0) return;
    this.#timer = setInterval(() => this.#report(), EVERY_MS);
    this.#report();
  }

  end(): void {
    if (--this.#uploads === 0) clearInterval(this.#timer);
  }

  /** Sets how many bytes of a file were sent to this URL. */
  count(file: Blob, url: string, bytes: number): void {
    this.#isLost = false;
    this.#sent.get(file)?.set(url, bytes);
    // Browsers slow down the timers of a background page, so report from here, too.
    if (performance.now() - this.#reportedAt > 2 * EVERY_MS) this.#report();
  }

  /** Resets the count of a file. */
  restart(file: Blob): void {
    this.#sent.set(file, new Map());
  }

  /** All bytes of a file are sent. */
  finish(file: Blob): void {
    this.#isLost = false;
    this.#sent.set(file, new Map([["", file.size]]));
    this.#report();
  }

  /** A try failed. The next report says so, unless bytes of other files or parts are sent before it. */
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
    // The count never decreases, so that a part that is sent again does not move the bar back.
    this.#reported = Math.max(this.#reported, loaded);
    this.#listener.report({ loaded: this.#reported, total });
  }
}
