// What a caller is told of a request: every update once, and how far it is.

import type { Progress } from "../types/progress.ts";

/** Where a request stands, and since when. */
export class Updates {
  readonly #options: any;
  /** The caller asked for a report of every status, changed or not. */
  readonly #repeats: boolean;
  #told: string | undefined;
  #status: any;
  #submitted: number;
  #began: number | undefined;
  #ended: number | undefined;
  #firstPosition: number | undefined;
  #readLogs = 0;
  #share: number | undefined;

  constructor(options: any, repeats: boolean) {
    this.#options = options;
    const age = Date.now() - options.submittedAt;
    // A clock that was set back must not make times negative.
    this.#submitted = performance.now() - (age > 0 ? age : 0);
    this.#repeats = repeats;
  }

  /** The request is in the queue from now on. */
  submitted(): void {
    this.#submitted = performance.now();
  }

  /** Takes a status with all the logs so far. Throws what the caller's callback throws. */
  take(status: any): void {
    this.#status = status;
    const state = status?.status;
    if (state !== "IN_QUEUE") this.#began ??= performance.now();
    if (state === "COMPLETED") this.#ended ??= performance.now();
    const key = JSON.stringify({ ...status, logs: status?.logs?.length });
    const isNews = key !== this.#told;
    this.#told = key;
    const { onQueueUpdate, onProgress } = this.#options;
    if (onQueueUpdate && (isNews || this.#repeats)) void onQueueUpdate(this.shown(status));
    // Old news, too, says that the service answers.
    onProgress?.(this.#progress(state));
  }

  /** A status as the caller gets it: without logs where only the progress is read from them. */
  shown(status: any): any {
    const { onProgress, logs } = this.#options;
    return onProgress && !logs && status?.logs?.length ? { ...status, logs: null } : status;
  }

  /** What the service measured, and how long it took, in milliseconds. */
  summary(): object {
    const began = this.#began ?? this.#submitted;
    const ended = this.#ended ?? performance.now();
    const timings = { queued: began - this.#submitted, ran: ended - began, total: ended - this.#submitted };
    return { metrics: this.#status?.metrics ?? undefined, timings };
  }

  #progress(state: string): Progress {
    if (state === "COMPLETED") return { phase: "done", progress: 1 };
    if (state !== "IN_QUEUE") return { phase: "running", progress: this.#ran() };
    const position = this.#status.queue_position;
    if (typeof position !== "number") return { phase: "queued", progress: undefined, queuePosition: undefined };
    const first = (this.#firstPosition ??= position);
    return { phase: "queued", progress: position < first ? 1 - position / first : first > 0 ? 0 : undefined, queuePosition: position };
  }

  /** The share that the newest log lines name, in percent. It never goes back. */
  #ran(): number | undefined {
    const logs: any[] = this.#status?.logs ?? [];
    for (const log of logs.slice(this.#readLogs)) {
      for (const [, percent] of String(log?.message).matchAll(/(\d{1,3}(?:\.\d+)?) ?%/g)) {
        this.#share = Math.max(this.#share ?? 0, Math.min(Number(percent) / 100, 1));
      }
    }
    this.#readLogs = logs.length;
    return this.#share;
  }
}
