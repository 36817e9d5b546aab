// Ends a try that sends no more bytes. It is retried like one with a broken connection.

import { newController, signalPart } from "../controllers.ts";
import type { Fetch } from "../settings.ts";

const MEBIBYTE = 1_048_576;
/** The longest interval between two checks for a stall, in milliseconds. */
const MOST_CHECK_MS = 5_000;

/** One try to send the bytes of a file, or of a part. */
export type Send = (url: string, init: Sending) => Promise<Response>;

/** The `init` of `fetch`. */
export interface Sending {
  method?: string;
  headers: Record<string, string>;
  body?: Blob;
  signal: AbortSignal;
}

/** A `TypeError`, like network failures, so that the try is retried. */
export class Stalled extends TypeError {
  constructor(ms: number) {
    super(`Nothing was sent for ${Math.round(ms / 1000)} s`);
  }
}

/** Bytes in flight without progress reports. Counted over all uploads of this page, as they share its bandwidth. */
let unseenBytes = 0;
/** When one of these requests was last answered. */
let lastAnswer = 0;

/**
 * A request without progress reports. It may take `stallMs`, plus `stallMs` for each mebibyte in flight without
 * progress reports. The time counts from its start, or from the last answer to another such request: six parts of
 * 10 MiB at once take eight minutes at 1 Mbit/s.
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

  /** The time of the last known progress. */
  get since(): number {
    return Math.max(this.#began, lastAnswer);
  }

  /** The request reports progress from now on, or has ended. */
  end(): void {
    unseenBytes -= this.#bytes;
    this.#bytes = 0;
  }

  /** The request was answered, so the network carries bytes. */
  answer(): void {
    lastAnswer = performance.now();
    this.end();
  }
}

/** Calls `check` often enough to notice a stall. Returns a function that ends that. */
export function watchStall(stallMs: number, check: () => void): () => void {
  const timer = setInterval(check, Math.min(stallMs / 10, MOST_CHECK_MS));
  return () => clearInterval(timer);
}

/** A `fetch` that fails if it takes too long. For runtimes without progress reports. */
export function withStallLimit(send: Fetch, stallMs: number): Send {
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
      const attempt = async (): Promise<Response> => {
        const answer = await send(url, { ...rest, ...signalPart(controller.signal) });
        unseen.answer();
        return answer;
      };
      attempt().then(resolve, reject).finally(() => (stop(), unseen.end()));
    });
}
