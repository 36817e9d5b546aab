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

/** How proxies refuse a URL that they do not know. */
const REFUSED = [400, 403, 404, 405, 412];
/** What a place says that has expired, or that is not known any more. */
export const GONE: number[] = [403, 404, 410];

const ADVICE =
  "It takes files in one piece, and refuses those in parts: a proxy has to let pass " +
  "rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3 (@fal-ai/server-proxy: in allowedUrlPatterns)";

/** Asks for a place for a file in one piece. */
export function begin({ wasm, config, file, headers, abortSignal }: Job, multipart = false): Promise<Place> {
  return wasm.initiate(config, described(file), { headers, abortSignal, multipart });
}

/** Asks for a place for a file in parts. Where a proxy may be what refuses it, the failure has `advice`. */
export function beginParts(job: Job): Promise<Place> {
  return begin(job, true).catch((reason) => {
    throw job.config.requestMiddleware && isAnswer(reason, REFUSED) ? { ...reason, advice: ADVICE } : reason;
  });
}

/** A call to a place: where that is good no more, the failure has `isGone`. */
export function atPlace(call: Promise<any>, gone: number[] = GONE): Promise<any> {
  return call.catch((reason) => {
    throw isAnswer(reason, gone) ? { ...reason, isGone: true } : reason;
  });
}

const isAnswer = (reason: any, statuses: number[]): boolean => reason?.falCode === "http" && statuses.includes(reason.status);
