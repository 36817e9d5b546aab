// A status stream may stay open and say nothing new, though its request has gone on: behind a proxy
// that keeps the connection, for example. A poll finds that out.

/** Milliseconds without a new status until a stream is cross-checked. */
const QUIET_MS = 60_000;

const ORDER = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];

/** Whether a status is later than another one of the same request. */
export function isAhead(status: any, other: any): boolean {
  const later = ORDER.indexOf(status?.status) - ORDER.indexOf(other?.status);
  return later > 0 || (later === 0 && status.queue_position < other.queue_position);
}

/** Polls for the status of a request whose stream says nothing new. */
export class CrossCheck {
  readonly #poll: () => Promise<any>;
  readonly #take: (status: any) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard: string | undefined;
  #isOver = false;
  /** The stream was behind. */
  found = false;

  /** `take` is given what a poll says, and tells whether the stream was behind: then no other poll follows. */
  constructor(poll: () => Promise<any>, take: (status: any) => boolean) {
    this.#poll = poll;
    this.#take = take;
    this.#wait();
  }

  /** The stream said this. The same once more is nothing new. */
  heard(status: any): void {
    const said = JSON.stringify(status);
    if (said === this.#heard) return;
    this.#heard = said;
    this.#wait();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), QUIET_MS);
  }

  async #check(): Promise<void> {
    // A poll that fails says nothing of a stream that is alive.
    const status = await this.#poll().catch(() => undefined);
    if (this.#isOver) return;
    this.found = this.#take(status);
    if (!this.found) this.#wait();
  }
}
