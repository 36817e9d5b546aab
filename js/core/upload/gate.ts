// Limits how many parts are sent at one time.

/** Browsers open at most six connections to one host over HTTP/1.1. */
export const MOST = 6;

/** Limits concurrent tries. A failure halves the limit, and each success raises it by one. */
export class Gate {
  #most = MOST;
  #busy = 0;
  #waiting: Array<() => void> = [];

  async pass(signal: AbortSignal, send: () => Promise<Response>): Promise<Response> {
    while (this.#busy >= this.#most) await new Promise<void>((go) => this.#waiting.push(go));
    signal.throwIfAborted();
    this.#busy++;
    let isGood = false;
    try {
      const answer = await send();
      isGood = answer?.ok;
      return answer;
    } finally {
      this.#busy--;
      this.#most = isGood ? Math.min(this.#most + 1, MOST) : Math.ceil(this.#most / 2);
      for (const go of this.#waiting.splice(0)) go();
    }
  }
}
