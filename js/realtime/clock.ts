/** Time as the parts of a connection see it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since some moment; never runs backwards. */
  now(): number;
  /** Runs something after that many milliseconds. */
  later(run: () => void, delay_ms: number): Timer;
}

/** Something that will run, unless it is cancelled before. */
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
