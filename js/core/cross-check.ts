// A status stream may stay open without new statuses although its request has progressed, for example behind a
// proxy that keeps the connection open. A poll detects that.

import type { StatusBody } from "./settings.ts";

/** Milliseconds without a new status until a stream is cross-checked. */
const QUIET_MS = 60_000;

const ORDER: unknown[] = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];

/** Whether a status is later than another one of the same request. */
export function isAhead(status: StatusBody | undefined, other: StatusBody | undefined): boolean {
  const later = ORDER.indexOf(status?.status) - ORDER.indexOf(other?.status);
  return later > 0 || (later === 0 && status!.queue_position! < other!.queue_position!);
}

/** Polls for the status of a request if its stream brings no new status. */
export class CrossCheck {
  readonly #poll: () => Promise<StatusBody>;
  readonly #take: (status: StatusBody | undefined) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastStatus: string | undefined;
  #isOver = false;
  /** A poll showed that the stream was behind. */
  found = false;

  /** `take` gets the status of each poll, and returns whether the stream was behind. Then polling ends. */
  constructor(poll: () => Promise<StatusBody>, take: (status: StatusBody | undefined) => boolean) {
    this.#poll = poll;
    this.#take = take;
    this.#wait();
  }

  /** Takes a status of the stream. A repeated status counts as no news. */
  noteStatus(status: StatusBody): void {
    const text = JSON.stringify(status);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
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
    // A failed poll says nothing about the stream.
    const status = await this.#poll().catch(() => undefined);
    if (this.#isOver) return;
    this.found = this.#take(status);
    if (!this.found) this.#wait();
  }
}
