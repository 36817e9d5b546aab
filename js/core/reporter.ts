// Reports to a caller's `onProgress`: the phases of one call, and lost connections.

import { isOffline } from "../network.ts";
import type { Progress } from "../types/progress.ts";
import type { ReportOptions } from "./settings.ts";

/** Callbacks among the options of a call, for the reachability of the service. */
export interface Reachability {
  /** A try failed, and the call will retry. */
  onRetry(): void;
  /** A try succeeded after one had failed. */
  onAnswer(): void;
}

/**
 * Runs a call whose options may have an `onProgress`. The `onProgress` that `work` gets never throws and never
 * repeats a report. It also reports lost connections.
 */
export async function withReports<Options extends ReportOptions, Result>(options: Options, work: (options: Options) => Promise<Result>): Promise<Result> {
  if (typeof options.onProgress !== "function") return work({ ...options, onProgress: undefined });
  const reporter = new ProgressReporter(options.onProgress);
  const { onProgress, onRetry, onAnswer } = reporter;
  try {
    return await work({ ...options, onProgress, onRetry, onAnswer });
  } finally {
    reporter.end();
  }
}

class ProgressReporter implements Reachability {
  readonly #callback: (progress: Progress) => void;
  /** The newest phase of the call itself. */
  #phase: Progress | undefined;
  /** Since when the service does not answer or the device is offline. */
  #since: number | undefined;
  #isLost = false;
  #isOffline = false;
  /** The last report, as JSON. */
  #last: string | undefined;
  readonly #listening = new AbortController();

  constructor(callback: (progress: Progress) => void) {
    this.#callback = callback;
    const until = { signal: this.#listening.signal };
    globalThis.addEventListener?.("offline", () => this.#lose({ isLost: this.#isLost, isOffline: true }), until);
    globalThis.addEventListener?.("online", () => (this.#isLost ? this.#lose({ isLost: true, isOffline: false }) : this.onAnswer()), until);
  }

  /** The call is in this phase. So the service is reachable. */
  readonly onProgress = (phase: Progress): void => {
    this.#phase = phase;
    this.onAnswer();
  };

  readonly onRetry = (): void => {
    this.#lose({ isLost: true, isOffline: isOffline() });
  };

  readonly onAnswer = (): void => {
    this.#isLost = false;
    this.#isOffline = false;
    this.#since = undefined;
    this.#report();
  };

  /** Reports nothing more. */
  end(): void {
    this.#listening.abort();
  }

  #lose({ isLost, isOffline }: { isLost: boolean; isOffline: boolean }): void {
    this.#isLost = isLost;
    this.#isOffline = isOffline;
    this.#since ??= Date.now();
    this.#report();
  }

  #report(): void {
    const progress = this.#current();
    const text = JSON.stringify(progress);
    if (!progress || text === this.#last || this.#listening.signal.aborted) return;
    this.#last = text;
    try {
      this.#callback(progress);
    } catch {
      // A progress bar that throws must not fail a job that is paid for.
    }
  }

  #current(): Progress | undefined {
    if (this.#since === undefined) return this.#phase;
    return { phase: this.#isOffline ? "offline" : "reconnecting", progress: undefined, since: this.#since };
  }
}
