/** The clock of a connection. Tests replace it. */
export interface Clock {
  /** Milliseconds since some moment. Never decreases. */
  now(): number;
  /** Runs a function after that many milliseconds. */
  later(run: () => void, delay_ms: number): Timer;
}

/** A function that will run unless it is cancelled. */
export interface Timer {
  cancel(): void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  later(run, delay_ms) {
    const timer = setTimeout(run, delay_ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
