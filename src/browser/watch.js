// The clock and the signals of one call: what ends it early, and its waits.

/** The longest delay that timers take; a longer one would fire at once. */
const MAX_MS = 2_147_483_647;

/** What ends one call early: the caller's signal, or its time. */
export class Watch {
  #controller = new AbortController();
  #given;
  #timer;
  #stop;
  #settle;
  #abort = () => this.#stop(this.#given.reason);

  constructor(given) {
    if (given?.aborted) throw given.reason;
    this.stopped = new Promise((resolve, reject) => ([this.#settle, this.#stop] = [resolve, reject]));
    this.#given = given;
    given?.addEventListener?.("abort", this.#abort);
  }

  get signal() {
    return this.#controller.signal;
  }

  start(ms) {
    if (ms > 0 && ms <= MAX_MS) this.#timer = setTimeout(() => this.#stop({ falCode: "timeout", timeoutMs: ms }), ms);
  }

  release() {
    clearTimeout(this.#timer);
    // Signals may live long, and would collect a listener for every call.
    this.#given?.removeEventListener?.("abort", this.#abort);
    // Whoever waits for a promise that never settles is never freed.
    this.#settle();
  }

  abort() {
    this.#controller.abort();
  }
}

/** Waits, until `signal` is aborted at most. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(end, Math.min(ms, MAX_MS));
    signal?.addEventListener("abort", end);
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
