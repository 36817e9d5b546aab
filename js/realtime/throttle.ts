import type { Clock, Timer } from "./clock.ts";

/**
 * Passes the first value of a burst at once, then the last value of each interval (protocol §8.1).
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

  /** @param interval_ms the least time between two values; 0 passes all values */
  push(value: Value, interval_ms: number): void {
    const wait_ms = this.#passedAt_ms + interval_ms - this.#clock.now();
    this.#waiting?.cancel();
    if (wait_ms > 0) this.#waiting = this.#clock.later(() => this.#passNow(value), wait_ms);
    else this.#passNow(value);
  }

  /** Drops the waiting value, and ends the burst. */
  reset(): void {
    this.#waiting?.cancel();
    this.#passedAt_ms = -Infinity;
  }

  #passNow(value: Value): void {
    this.#passedAt_ms = this.#clock.now();
    this.#pass(value);
  }
}
