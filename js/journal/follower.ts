// One call that follows a request to its end, with what is noted and held of it.

import type { PendingEntry, PendingStore } from "../types/journal.ts";
import { type Release, hold } from "./hold.ts";
import { isOver } from "./outcome.ts";
import { write } from "./store.ts";

/** Follows one request, and forgets it when its end was told. */
export class Follower {
  readonly #store: PendingStore;
  readonly #options: any;
  #entry: PendingEntry | undefined;
  #release: Release | undefined;
  #noting: Promise<void> | undefined;
  #status: any;
  /** A callback threw, which cancels the job. */
  #hasThrown = false;

  constructor(store: PendingStore, options: object) {
    this.#store = store;
    this.#options = options;
  }

  /** Notes a request that was just submitted. */
  note(entry: PendingEntry | undefined): Promise<void> {
    if (!entry) return Promise.resolve();
    this.#entry = entry;
    return (this.#noting = this.#begin(entry));
  }

  async #begin(entry: PendingEntry): Promise<void> {
    // Held first: no other tab may find it free.
    this.#release = await hold(entry.requestId, false);
    await write(() => this.#store.put(entry));
  }

  /** Takes up a request that was noted before; `false` where another call follows it. */
  async take(entry: PendingEntry): Promise<boolean> {
    const { wait, abortSignal } = this.#options;
    this.#release = await hold(entry.requestId, wait, abortSignal);
    this.#entry = entry;
    return Boolean(this.#release);
  }

  /** The caller's options, listened to. */
  options(): any {
    const { onQueueUpdate, onEnqueue } = this.#options;
    const heard = (callback: any) => (value: unknown) => {
      try {
        return callback?.(value);
      } catch (thrown) {
        this.#hasThrown = true;
        throw thrown;
      }
    };
    const updated = heard(onQueueUpdate);
    return {
      ...this.#options,
      onEnqueue: heard(onEnqueue),
      onQueueUpdate: (status: unknown) => {
        this.#status = status;
        return updated(status);
      },
    };
  }

  /** Makes the call. Its request is forgotten after its caller has got the result, not before. */
  async call(work: () => Promise<unknown>): Promise<any> {
    let isDone = true;
    try {
      return await work();
    } catch (reason: any) {
      isDone = this.#hasThrown || this.#isCancelled(reason) || isOver(reason, this.#status);
      throw reason;
    } finally {
      this.#end(isDone);
    }
  }

  #isCancelled(reason: any): boolean {
    return this.#options.abortSignal?.aborted || reason?.falCode === "timeout";
  }

  #end(isDone: boolean): void {
    const store = this.#store;
    const ended = async (): Promise<void> => {
      await this.#noting;
      const { requestId } = this.#entry ?? {};
      if (isDone && requestId) await deleted(store, requestId);
      this.#release?.();
    };
    void write(() => afterwards().then(ended));
  }
}

/** Forgets a request whose caller is being told its end. */
export function forgetLater(store: PendingStore, requestId: string): void {
  void write(async () => {
    await afterwards();
    await store.delete(requestId);
  });
}

async function deleted(store: PendingStore, requestId: string): Promise<void> {
  await write(() => store.delete(requestId));
}

/** When the caller's code has run that awaits the call. */
function afterwards(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
