// A large file, part by part (protocol §9.3).

import type { linked } from "../signal.ts";
import { Gate, MOST } from "./gate.ts";
import { Original, changed } from "./original.ts";
import type { GONE, Job, Place, atPlace, begin, isAnswer } from "./place.ts";
import { Memory, type UploadRecord } from "./record.ts";
import type { Sending, timed } from "./stalled.ts";

/** What the core has anyway: this module is a file of its own, loaded at its first use. */
export interface Shared {
  GONE: typeof GONE;
  atPlace: typeof atPlace;
  begin: typeof begin;
  isAnswer: typeof isAnswer;
  linked: typeof linked;
  timed: typeof timed;
}

/** A file on its way in parts. `abortSignal` ends all of them. */
interface Parts extends Job, Shared {
  abortSignal: AbortSignal;
  memory: Memory;
  record: UploadRecord;
  /** What a place says that is good no more. */
  gone: number[];
}

/**
 * Of a hundred parts one fails four times in a row where every fifth try fails: there are more
 * tries, over two and a half minutes, and the first comes soon, as the others wait for none.
 */
const RETRY = { maxRetries: 11, baseDelay: 250, retryableStatusCodes: [408, 429, 500, 502, 503, 504] };
/** Longer than that nobody waits to hear whether the file is whole, in milliseconds. */
const CHECK_MS = 10_000;

/** How proxies refuse a URL that they do not know. */
const REFUSED = [400, 403, 404, 405, 412];

const ADVICE =
  "It takes files in one piece, and refuses those in parts: a proxy has to let pass " +
  "rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3 (@fal-ai/server-proxy: in allowedUrlPatterns)";

/** Stores a file in parts, goes on with an upload of it that was broken off where it knows of one: its URL. */
export async function uploadParts(job: Job, shared: Shared): Promise<string> {
  const { signal: abortSignal, end } = shared.linked(job.abortSignal);
  const given = { ...job, ...shared, abortSignal };
  try {
    const memory = await Memory.of(job.store, job.file, job.headers);
    const known = await memory.load();
    const record = known ?? memory.record(await placeFor(given), job.partBytes);
    // A place that was left may have been used up since.
    const gone = known ? [400, ...shared.GONE] : shared.GONE;
    const parts: Parts = { ...given, memory, record, gone };
    try {
      const original = await Original.of(job.file, record.partSize);
      await putParts(parts, original);
      await original.check();
      await complete(parts);
    } catch (reason: any) {
      // Of a file whose bytes changed, the parts that are there belong to no file. One that cannot be read, for a
      // `cause`, may be whole: WebKit lets pages that are reloaded read no file, before they are gone.
      const isOther = reason?.argument === "file" && reason.cause === undefined;
      if (reason?.isGone || isOther) await memory.forget();
      throw reason;
    }
    await memory.forget();
    return record.fileUrl;
  } finally {
    end();
  }
}

/** Asks for a place for a file in parts. Where a proxy may be what refuses it, the failure has `advice`. */
function placeFor(job: Job & Shared): Promise<Place> {
  return job.begin(job, true).catch((reason) => {
    throw job.config.requestMiddleware && job.isAnswer(reason, REFUSED) ? { ...reason, advice: ADVICE } : reason;
  });
}

/** Puts the parts that are not there yet, some at a time. When one fails, the others end. */
async function putParts(parts: Parts, original: Original): Promise<void> {
  const { wasm, config, sending, file, progress, atPlace, abortSignal, memory, record, gone } = parts;
  const { uploadUrl, partSize, etags } = record;
  const { onRetry, onAnswer } = progress;
  const gate = new Gate();
  const gated = {
    ...sending,
    retry: { ...RETRY, ...config.retry },
    put: (url: string, init: Sending) => gate.pass(init.signal, () => sending.put(url, init)),
  };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at * partSize < file.size; at = next++) {
      const bytes = file.slice(at * partSize, (at + 1) * partSize);
      const number = at + 1;
      if (etags[number]) {
        progress.tell(file, String(number), bytes.size);
        continue;
      }
      await original.checkPart(at);
      const etag = await atPlace(wasm.put(gated, bytes, { uploadUrl, part: String(number), abortSignal, onRetry, onAnswer }), gone);
      if (!etag) throw { falCode: "bad_response", operation: "upload", problem: "the answer to a part names no etag" };
      etags[number] = etag;
      memory.save(record);
    }
  };
  try {
    await Promise.all(Array.from({ length: MOST }, work));
  } catch (reason: any) {
    // It could be read when its upload began.
    throw reason?.argument === "file" ? changed(reason.cause) : reason;
  } finally {
    next = Infinity;
  }
}

/** Says that all parts are there, and looks whether the file is. */
async function complete(parts: Parts): Promise<void> {
  const { wasm, sending, atPlace, abortSignal, gone, progress } = parts;
  const { onRetry, onAnswer } = progress;
  const { uploadUrl, etags } = parts.record;
  const list = Object.entries(etags).map(([number, etag]) => ({ partNumber: Number(number), etag }));
  const headers = { "Content-Type": "application/json" };
  try {
    await atPlace(wasm.complete(sending, JSON.stringify({ parts: list }), { uploadUrl, abortSignal, headers, onRetry, onAnswer }), gone);
  } catch (reason: any) {
    // It was completed before, it may be, and the answer was lost.
    if (reason?.isGone && (await ending(parts)) === 206) return;
    throw reason;
  }
  if ((await ending(parts)) === 416) {
    throw { falCode: "bad_response", operation: "upload", problem: "the stored file is shorter than the one that was sent", isGone: true };
  }
}

/**
 * The status for the stored file's last byte: 206 where it is there, 416 where the file ends
 * before. Anything else says nothing: whoever may read the file need not be this page.
 */
async function ending({ config, file, record, timed, abortSignal: signal }: Parts): Promise<number | undefined> {
  const last = file.size - 1;
  const headers = { Range: `bytes=${last}-${last}` };
  const send = timed(config.fetch ?? fetch, CHECK_MS);
  const answer = await send(record.fileUrl, { method: "GET", headers, signal }).catch(() => undefined);
  signal.throwIfAborted();
  answer?.body?.cancel();
  return answer?.status;
}
