// A try that sends nothing any more is given up, and made again like one whose connection broke.

import { newController, signalPart } from "../../../src/browser/watch.js";

const MEBIBYTE = 1_048_576;

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

/**
 * A `fetch` that fails when it takes too long. What it sends cannot be seen, so it is given
 * `stallMs`, and as much again for each mebibyte.
 */
export function timed(send: any, stallMs: number): Send {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const controller = newController();
      const { signal, ...rest } = init;
      const fail = (reason: unknown): void => (reject(reason), controller.abort(reason));
      signal.addEventListener("abort", () => fail(signal.reason));
      const ms = stallMs * (1 + (rest.body?.size ?? 0) / MEBIBYTE);
      const timer = setTimeout(() => fail(new Stalled(ms)), Math.min(ms, 2 ** 31 - 1));
      const sent = async (): Promise<Response> => send(url, { ...rest, ...signalPart(controller.signal) });
      sent().then(resolve, reject).finally(() => clearTimeout(timer));
    });
}
