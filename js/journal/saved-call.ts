// One call that saves its request: from the submit or the start of `resume`, until the caller has the outcome.

import type { CallOptions, StatusBody } from "../core/settings.ts";
import { isFacts } from "../facts.ts";
import type { PendingEntry } from "../types/persist.ts";
import { type Ending, addEnding, letCallerRun } from "./endings.ts";
import { type Release, hold } from "./hold.ts";
import { isFinal } from "./outcome.ts";
import type { SavedItems } from "./store.ts";

/** If a cancel takes longer, in milliseconds, the lock of its request is released, and another call can follow it. */
const CANCEL_MS = 60_000;

/** The options of a call that `SavedCall` reads. */
interface SavedCallOptions extends CallOptions {
  onQueueUpdate?: ((status: StatusBody) => unknown) | undefined;
  wait?: boolean | undefined;
}

/** A call that saves its request, and deletes it when there is nothing left to resume. */
export class SavedCall<Options extends SavedCallOptions> implements Ending {
  readonly done: Promise<void>;
  readonly #saved: SavedItems;
  readonly #options: Options;
  readonly #finish: () => void;
  /** Resolves when the whole call is over, with whether its request was cancelled. */
  #over: Promise<boolean | undefined> | undefined;
  #entry: PendingEntry | undefined;
  #release: Release | undefined;
  #saving: Promise<void> | undefined;
  #status: StatusBody | undefined;
  #isSettled = false;

  constructor(saved: SavedItems, options: Options) {
    this.#saved = saved;
    this.#options = options;
    let finish: () => void;
    this.done = new Promise((resolve) => (finish = resolve));
    this.#finish = finish!;
    addEnding(this);
  }

  get isLeft(): boolean {
    const { abortSignal, detachSignal } = this.#options;
    return Boolean(this.#isSettled || abortSignal?.aborted || detachSignal?.aborted);
  }

  get isSubmitting(): boolean {
    return !this.#entry;
  }

  /** Saves a request that was just submitted. If the call follows the request, takes its lock, too. */
  save(entry: PendingEntry | undefined, isFollowed: boolean): Promise<void> {
    if (!entry) return Promise.resolve();
    this.#entry = entry;
    return (this.#saving = this.#begin(entry, isFollowed));
  }

  async #begin(entry: PendingEntry, isFollowed: boolean): Promise<void> {
    // Takes the lock before the request is listed, so that no other tab can take it.
    if (isFollowed) this.#release = await hold(entry.requestId, false);
    await this.#saved.save(entry);
  }

  /** Takes the lock of a saved request. Returns `false` if another call follows the request. */
  async take(entry: PendingEntry, signal: AbortSignal): Promise<boolean> {
    this.#entry = entry;
    this.#release = await hold(entry.requestId, this.#options.wait, signal);
    return Boolean(this.#release);
  }

  /** The caller's options for one call of the core, with callbacks that report to this object. */
  options(): Options {
    const { onQueueUpdate } = this.#options;
    let onOver: (isCancelled?: boolean) => void;
    this.#over = new Promise((resolve) => (onOver = resolve));
    return {
      ...this.#options,
      onOver: onOver!,
      onQueueUpdate: (status: StatusBody) => {
        this.#status = status;
        return onQueueUpdate?.(status);
      },
    };
  }

  /**
   * Runs the call. Deletes its request only after the caller has got the result.
   * @param isResult whether the call resolves with the request's result
   */
  async run<T>(work: () => Promise<T>, isResult = true): Promise<T> {
    try {
      const value = await work();
      void this.#end(isResult);
      return value;
    } catch (reason) {
      void this.#end(isFinal(reason), reason);
      throw reason;
    }
  }

  /** Releases the lock of the request, and marks the call as finished. */
  leave(): void {
    this.#release?.();
    this.#release = undefined;
    this.#finish();
  }

  /** Waits until the call is over. Returns whether the service accepted a cancel. */
  async #isCancelled(): Promise<boolean> {
    const timer = setTimeout(() => this.leave(), CANCEL_MS);
    // The timer must not keep a Node program running.
    (timer as { unref?(): void }).unref?.();
    const isCancelled = await this.#over;
    clearTimeout(timer);
    return isCancelled === true;
  }

  async #end(isDelivered: boolean, reason?: unknown): Promise<void> {
    this.#isSettled = true;
    if (isDelivered) await letCallerRun();
    const isCancelled = !isDelivered && (await this.#isCancelled());
    await this.#saving;
    // The job is completed, but its result was not fetched in time. Keep the request, so that it can be resumed.
    const isThere = isFacts(reason) && reason.falCode === "timeout" && this.#status?.status === "COMPLETED";
    const isDropped = isDelivered || (isCancelled && !isThere);
    if (this.#entry && isDropped) await this.#saved.drop(this.#entry.requestId);
    this.leave();
  }
}

/** Deletes a request after its caller has got the outcome. */
export function dropLater(saved: SavedItems, requestId: string): void {
  const done = letCallerRun().then(() => saved.drop(requestId));
  addEnding({ isLeft: true, isSubmitting: false, done });
}
