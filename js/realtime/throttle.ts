import type { Clock, Timer } from "./clock.ts";

/**
 * Lets the first value of a burst pass at once, and after that one per interval: the last one
 * that came in it (protocol §8.1).
 */
export class Throttle<Value> {
  readonly #pass: (value: Value) => void;
  readonly #clock: Clock;
  #passedAt_ms = -Infinity;
  #waiting: Timer | undefined;

  constructor(pass: (value: Value) => void, clock: Clock) {
    this.#pass = pass;
    this.#clock = clock;
  }

  /** @param interval_ms the least time between two values; 0 lets all of them pass */
  push(value: Value, interval_ms: number): void {
    const wait_ms = this.#passedAt_ms + interval_ms - this.#clock.now();
    this.#waiting?.cancel();
    if (wait_ms > 0) this.#waiting = this.#clock.later(() => this.#passNow(value), wait_ms);
    else this.#passNow(value);
  }

  /** Forgets the value that waits, and the burst. */
  reset(): void {
    this.#waiting?.cancel();
    this.#passedAt_ms = -Infinity;
  }

  #passNow(value: Value): void {
    this.#passedAt_ms = this.#clock.now();
    this.#pass(value);
  }
}
