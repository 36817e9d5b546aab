// Where the bytes of a file go: a place that the service gives, and that is good for a while.

import { described } from "../../../src/browser/wire.js";
import type { Progress } from "../progress.ts";
import type { Wasm } from "../wasm.ts";
import type { Store } from "./record.ts";

/** One file on its way. */
export interface Job {
  wasm: Wasm;
  /** The client's configuration. */
  config: any;
  /** The same, for requests to the place. */
  sending: any;
  file: Blob;
  partBytes: number;
  /** What asking for a place says of how long the file is kept, and for whom. */
  headers: any;
  abortSignal: AbortSignal | undefined;
  progress: Progress;
  store: Store | undefined;
}

/** What the service gives. */
export interface Place {
  upload_url: string;
  file_url: string;
}

/** What a place says that has expired, or that is not known any more. */
export const GONE: number[] = [403, 404, 410];

/** Asks for a place for a file, in one piece or in parts. */
export function begin({ wasm, config, file, headers, abortSignal, progress: { onRetry, onAnswer } }: Job, multipart = false): Promise<Place> {
  return wasm.initiate(config, described(file), { headers, abortSignal, multipart, onRetry, onAnswer });
}

/** A call to a place: where that is good no more, the failure has `isGone`. */
export function atPlace(call: Promise<any>, gone: number[] = GONE): Promise<any> {
  return call.catch((reason) => {
    throw isAnswer(reason, gone) ? { ...reason, isGone: true } : reason;
  });
}

/** Whether a call failed with one of these statuses. */
export function isAnswer(reason: any, statuses: number[]): boolean {
  return reason?.falCode === "http" && statuses.includes(reason.status);
}
