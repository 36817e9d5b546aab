// One call whose request is saved: from its submit, or from where `resume` takes it up, until its end was told.

import type { PendingEntry } from "../types/journal.ts";
import { type Ending, addEnding, callerWasTold } from "./endings.ts";
import { type Release, hold } from "./hold.ts";
import { type Aftermath, hasFailed, isCancelled } from "./outcome.ts";
import type { SavedItems } from "./store.ts";

/** Where a cancel takes longer, its request is let go of, so that another call can follow it. In milliseconds. */
const CANCEL_MS = 60_000;

/** A call that saves its request, and drops it once there is nothing left to come back for. */
export class SavedCall implements Ending {
  readonly done: Promise<void>;
  readonly #saved: SavedItems;
  readonly #options: any;
  readonly #finish: () => void;
  /** Resolves when nothing of the call goes on any more, with what came of it after its caller had left. */
  #over: Promise<Aftermath | undefined> | undefined;
  #entry: PendingEntry | undefined;
  #release: Release | undefined;
  #saving: Promise<void> | undefined;
  #status: any;
  #isSettled = false;

  constructor(saved: SavedItems, options: object) {
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

  /** Saves a request that was just submitted, and holds it if its call goes on to follow it. */
  save(entry: PendingEntry | undefined, isFollowed: boolean): Promise<void> {
    if (!entry) return Promise.resolve();
    this.#entry = entry;
    return (this.#saving = this.#begin(entry, isFollowed));
  }

  async #begin(entry: PendingEntry, isFollowed: boolean): Promise<void> {
    // Held first: no other tab may find it free.
    if (isFollowed) this.#release = await hold(entry.requestId, false);
    await this.#saved.save(entry);
  }

  /** Takes up a request that was saved before; `false` where another call follows it. */
  async take(entry: PendingEntry, signal: AbortSignal): Promise<boolean> {
    this.#entry = entry;
    this.#release = await hold(entry.requestId, this.#options.wait, signal);
    return Boolean(this.#release);
  }

  /** The caller's options, listened to, for one call of the core. */
  options(): any {
    const { onQueueUpdate } = this.#options;
    let onOver: (aftermath?: Aftermath) => void;
    this.#over = new Promise((resolve) => (onOver = resolve));
    return {
      ...this.#options,
      onOver: onOver!,
      onQueueUpdate: (status: unknown) => {
        this.#status = status;
        return onQueueUpdate?.(status);
      },
    };
  }

  /**
   * Makes the call. Its request is dropped after its caller has got the result, not before.
   * @param isResult whether the call resolves with its request's result
   */
  async run<T>(work: () => Promise<T>, isResult = true): Promise<T> {
    try {
      const value = await work();
      void this.#end(isResult);
      return value;
    } catch (reason) {
      void this.#end(hasFailed(reason, this.#status), reason);
      throw reason;
    }
  }

  /** Lets go of the request, for good. */
  leave(): void {
    this.#release?.();
    this.#release = undefined;
    this.#finish();
  }

  async #aftermath(): Promise<Aftermath | undefined> {
    const timer: any = setTimeout(() => this.leave(), CANCEL_MS);
    // No program of Node's runs on for it.
    timer.unref?.();
    const aftermath = await this.#over;
    clearTimeout(timer);
    return aftermath;
  }

  async #end(isTold: boolean, reason?: any): Promise<void> {
    this.#isSettled = true;
    if (isTold) await callerWasTold();
    const aftermath = isTold ? undefined : await this.#aftermath();
    await this.#saving;
    // A result that is there, and that was not fetched in time, is worth another try.
    const isThere = reason?.falCode === "timeout" && this.#status?.status === "COMPLETED";
    const isDropped = isTold || (isCancelled(aftermath) && !isThere);
    if (this.#entry && isDropped) await this.#saved.drop(this.#entry.requestId);
    this.leave();
  }
}

/** Drops a request whose caller is being told its end. */
export function dropLater(saved: SavedItems, requestId: string): void {
  const done = callerWasTold().then(() => saved.drop(requestId));
  addEnding({ isLeft: true, isSubmitting: false, done });
}
