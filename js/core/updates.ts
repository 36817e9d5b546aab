// Reports statuses and progress of a request to the caller, each update once.

import type { Progress } from "../types/progress.ts";
import type { RequestLog } from "../types/status.ts";
import type { FollowingOptions, StatusBody } from "./settings.ts";

/** The status of a request, and the times of its phases. */
export class Updates {
  readonly #options: FollowingOptions;
  /** The caller asked for a report of every status, changed or not. */
  readonly #repeats: boolean;
  #lastReport: string | undefined;
  #status: StatusBody | undefined;
  #submitted: number;
  #began: number | undefined;
  #ended: number | undefined;
  #firstPosition: number | undefined;
  #readLogs = 0;
  #share: number | undefined;

  constructor(options: FollowingOptions, repeats: boolean) {
    this.#options = options;
    const age = Date.now() - options.submittedAt!;
    // A clock that was set back must not make times negative.
    this.#submitted = performance.now() - (age > 0 ? age : 0);
    this.#repeats = repeats;
  }

  /** The request enters the queue now. */
  markSubmitted(): void {
    this.#submitted = performance.now();
  }

  /** Takes a status with all the logs so far. Throws if the caller's callback throws. */
  take(status: StatusBody): void {
    this.#status = status;
    const state = status?.status;
    if (state !== "IN_QUEUE") this.#began ??= performance.now();
    if (state === "COMPLETED") this.#ended ??= performance.now();
    const key = JSON.stringify({ ...status, logs: status?.logs?.length });
    const isNew = key !== this.#lastReport;
    this.#lastReport = key;
    const { onQueueUpdate, onProgress } = this.#options;
    if (onQueueUpdate && (isNew || this.#repeats)) void onQueueUpdate(this.shown(status));
    // A repeated status is reported, too, as it shows that the service answers.
    onProgress?.(this.#progress(state));
  }

  /** The status for the caller. If logs were fetched only for the progress, it has none. */
  shown(status: StatusBody): StatusBody {
    const { onProgress, logs } = this.#options;
    return onProgress && !logs && status?.logs?.length ? { ...status, logs: null } : status;
  }

  /** The service's metrics, and the timings in milliseconds. */
  summary(): object {
    const began = this.#began ?? this.#submitted;
    const ended = this.#ended ?? performance.now();
    const timings = { queued: began - this.#submitted, ran: ended - began, total: ended - this.#submitted };
    return { metrics: this.#status?.metrics ?? undefined, timings };
  }

  #progress(state: string | undefined): Progress {
    if (state === "COMPLETED") return { phase: "done", progress: 1 };
    if (state !== "IN_QUEUE") return { phase: "running", progress: this.#ran() };
    const position = this.#status!.queue_position;
    if (typeof position !== "number") return { phase: "queued", progress: undefined, queuePosition: undefined };
    const first = (this.#firstPosition ??= position);
    return { phase: "queued", progress: position < first ? 1 - position / first : first > 0 ? 0 : undefined, queuePosition: position };
  }

  /** The share that the newest log lines give in percent. It never decreases. */
  #ran(): number | undefined {
    const logs: RequestLog[] = this.#status?.logs ?? [];
    for (const log of logs.slice(this.#readLogs)) {
      for (const [, percent] of String(log?.message).matchAll(/(\d{1,3}(?:\.\d+)?) ?%/g)) {
        this.#share = Math.max(this.#share ?? 0, Math.min(Number(percent) / 100, 1));
      }
    }
    this.#readLogs = logs.length;
    return this.#share;
  }
}
