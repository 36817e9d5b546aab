// Sends a large file in parts (protocol §9.3).

import { type AnswerFacts, isFacts } from "../../facts.ts";
import type { linkSignal } from "../signal.ts";
import { Gate, MOST } from "./gate.ts";
import { Original, rejectChanged } from "./original.ts";
import type { FileUpload, GONE, flagGone, hasStatus, requestUploadUrl } from "./place.ts";
import { Memory, type UploadRecord, type UploadUrls } from "./record.ts";
import type { Sending, withStallLimit } from "./stalled.ts";

/** Functions of the core. They are passed in, as this module is a separate file that is loaded at its first use. */
export interface Shared {
  GONE: typeof GONE;
  flagGone: typeof flagGone;
  requestUploadUrl: typeof requestUploadUrl;
  hasStatus: typeof hasStatus;
  linkSignal: typeof linkSignal;
  withStallLimit: typeof withStallLimit;
}

/** An upload in parts. `abortSignal` ends all parts. */
interface Parts extends FileUpload, Shared {
  abortSignal: AbortSignal;
  memory: Memory;
  record: UploadRecord;
  /** The statuses of an expired upload URL. */
  gone: number[];
}

/**
 * If every fifth try fails, one of a hundred parts is likely to fail four times in a row. So there are more retries
 * than usual, over two and a half minutes. The first comes soon; the other parts do not wait for it.
 */
const RETRY = { maxRetries: 11, baseDelay: 250, retryableStatusCodes: [408, 429, 500, 502, 503, 504] };
/** The time limit for checking the stored file, in milliseconds. */
const CHECK_MS = 10_000;

/** The statuses by which proxies refuse a URL that they do not know. */
const REFUSED = [400, 403, 404, 405, 412];

const ADVICE =
  "It takes files in one piece, and refuses those in parts: a proxy has to let pass " +
  "rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3 (@fal-ai/server-proxy: in allowedUrlPatterns)";

/** Stores a file in parts, and returns its URL. Continues an earlier upload of the file, if one was saved. */
export async function uploadParts(task: FileUpload, shared: Shared): Promise<string> {
  const { signal: abortSignal, end } = shared.linkSignal(task.abortSignal);
  const given = { ...task, ...shared, abortSignal };
  try {
    const memory = await Memory.of(task.store, task.file, task.headers);
    const known = await memory.load();
    const record = known ?? memory.record(await requestPartsUrl(given), task.partBytes);
    // The upload URL of an earlier upload may have been completed since.
    const gone = known ? [400, ...shared.GONE] : shared.GONE;
    const parts: Parts = { ...given, memory, record, gone };
    try {
      const original = await Original.of(task.file, record.partSize);
      await putParts(parts, original);
      await original.check();
      await complete(parts);
    } catch (reason) {
      // If the file has changed, the stored parts are useless. If reading failed, with a `cause`, the file may be
      // unchanged: in WebKit, a page that is being reloaded can read no file.
      const isUseless = isFacts(reason) && (reason.isGone || (reason.argument === "file" && reason.cause === undefined));
      if (isUseless) await memory.forget();
      throw reason;
    }
    await memory.forget();
    return record.fileUrl;
  } finally {
    end();
  }
}

/** Requests an upload URL for a file in parts. If a proxy may have refused that, the failure has `advice`. */
function requestPartsUrl(task: FileUpload & Shared): Promise<UploadUrls> {
  return task.requestUploadUrl(task, true).catch((reason: unknown) => {
    throw task.config.requestMiddleware && task.hasStatus(reason, REFUSED) ? { ...reason, advice: ADVICE } : reason;
  });
}

/** Sends the parts that are not stored yet, several at a time. If one fails, the others end. */
async function putParts(parts: Parts, original: Original): Promise<void> {
  const { calls, config, sending, file, progress, flagGone, abortSignal, memory, record, gone } = parts;
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
        progress.count(file, String(number), bytes.size);
        continue;
      }
      await original.checkPart(at);
      const etag = await flagGone(calls.upload(gated, bytes, { uploadUrl, part: String(number), abortSignal, onRetry, onAnswer }), gone);
      if (!etag) throw { falCode: "bad_response", operation: "upload", problem: "the answer to a part names no etag" } satisfies AnswerFacts;
      etags[number] = etag;
      memory.save(record);
    }
  };
  try {
    await Promise.all(Array.from({ length: MOST }, work));
  } catch (reason) {
    // The file was readable when its upload began, so it has changed since.
    throw isFacts(reason) && reason.argument === "file" ? rejectChanged(reason.cause) : reason;
  } finally {
    next = Infinity;
  }
}

/** Completes the upload, then checks the end of the stored file. */
async function complete(parts: Parts): Promise<void> {
  const { calls, sending, flagGone, abortSignal, gone, progress } = parts;
  const { onRetry, onAnswer } = progress;
  const { uploadUrl, etags } = parts.record;
  const list = Object.entries(etags).map(([number, etag]) => ({ partNumber: Number(number), etag }));
  const headers = { "Content-Type": "application/json" };
  try {
    await flagGone(calls.completeUpload(sending, JSON.stringify({ parts: list }), { uploadUrl, abortSignal, headers, onRetry, onAnswer }), gone);
  } catch (reason) {
    // An earlier try may have completed the upload, and its answer was lost.
    if (isFacts(reason) && reason.isGone && (await statusOfLastByte(parts)) === 206) return;
    throw reason;
  }
  if ((await statusOfLastByte(parts)) === 416) {
    throw { falCode: "bad_response", operation: "upload", problem: "the stored file is shorter than the one that was sent", isGone: true } satisfies AnswerFacts;
  }
}

/**
 * The status of a request for the stored file's last byte: 206 if it exists, 416 if the file is shorter. Other
 * statuses say nothing, as this page may not be allowed to read the file.
 */
async function statusOfLastByte({ config, file, record, withStallLimit, abortSignal: signal }: Parts): Promise<number | undefined> {
  const last = file.size - 1;
  const headers = { Range: `bytes=${last}-${last}` };
  const send = withStallLimit(config.fetch ?? fetch, CHECK_MS);
  const answer = await send(record.fileUrl, { method: "GET", headers, signal }).catch(() => undefined);
  signal.throwIfAborted();
  // A body that broke off meanwhile refuses to be cancelled.
  answer?.body?.cancel().catch(() => {});
  return answer?.status;
}
