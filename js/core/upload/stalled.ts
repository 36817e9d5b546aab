// A try that sends nothing any more is given up, and made again like one whose connection broke.

import { newController, signalPart } from "../../../src/browser/watch.js";

const MEBIBYTE = 1_048_576;
/** A stall is noticed this late at most, in milliseconds, however long it may last. */
const MOST_CHECK_MS = 5_000;

/** One try to send the bytes of a file, or of a part. */
export type Send = (url: string, init: Sending) => Promise<Response>;

/** What `fetch` is given. */
export interface Sending {
  method?: string;
  headers: Record<string, string>;
  body?: Blob;
  signal: AbortSignal;
}

/** A `TypeError`, as the network's failures are: these are tried again. */
export class Stalled extends TypeError {
  constructor(ms: number) {
    super(`Nothing was sent for ${Math.round(ms / 1000)} s`);
  }
}

/** The bytes that are on their way unseen, of all uploads of this page: they share its line. */
let unseenBytes = 0;
/** When one of these requests was last answered. */
let answered = 0;

/**
 * A request of which nobody sees how much is sent. It may take `stallMs`, and as much again for
 * each mebibyte that is on its way unseen, from its own beginning or from the last answer to
 * another one: six parts of 10 MiB at once take eight minutes at 1 Mbit/s.
 */
export class Unseen {
  readonly #began = performance.now();
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
    unseenBytes += bytes;
  }

  /** How long it may take, in milliseconds. */
  allowance(stallMs: number): number {
    return stallMs * (1 + (this.#bytes > 0 ? unseenBytes / MEBIBYTE : 0));
  }

  /** Since when nothing is known to have moved. */
  get since(): number {
    return Math.max(this.#began, answered);
  }

  /** It is seen from now on, or has ended. */
  end(): void {
    unseenBytes -= this.#bytes;
    this.#bytes = 0;
  }

  /** It was answered: the line carries bytes. */
  answer(): void {
    answered = performance.now();
    this.end();
  }
}

/** Calls `check` often enough to notice a stall: what that gives to stop it. */
export function watchStall(stallMs: number, check: () => void): () => void {
  const timer = setInterval(check, Math.min(stallMs / 10, MOST_CHECK_MS));
  return () => clearInterval(timer);
}

/** A `fetch` that fails when it takes too long, as what it sends cannot be seen. */
export function timed(send: any, stallMs: number): Send {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const controller = newController();
      const { signal, ...rest } = init;
      const fail = (reason: unknown): void => (reject(reason), controller.abort(reason));
      signal.addEventListener("abort", () => fail(signal.reason));
      const unseen = new Unseen(rest.body?.size ?? 0);
      const stop = watchStall(stallMs, () => {
        const ms = performance.now() - unseen.since;
        if (ms > unseen.allowance(stallMs)) fail(new Stalled(ms));
      });
      const sent = async (): Promise<Response> => {
        const answer = await send(url, { ...rest, ...signalPart(controller.signal) });
        unseen.answer();
        return answer;
      };
      sent().then(resolve, reject).finally(() => (stop(), unseen.end()));
    });
}
