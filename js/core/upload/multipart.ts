// A large file, part by part (protocol §9.3).

import { linked } from "../signal.ts";
import { Gate, MOST } from "./gate.ts";
import { GONE, type Job, atPlace, beginParts } from "./place.ts";
import { Memory, type UploadRecord } from "./record.ts";
import { type Sending, timed } from "./stalled.ts";

/** Of a hundred parts one fails four times in a row where every fifth try fails: there are more. */
const RETRY = { maxRetries: 9, retryableStatusCodes: [408, 429, 500, 502, 503, 504] };
/** Longer than that nobody waits to hear whether the file is whole, in milliseconds. */
const CHECK_MS = 10_000;

/** Stores a file in parts, goes on with an upload of it that was broken off where it knows of one: its URL. */
export async function uploadParts(job: Job): Promise<string> {
  const { signal, end } = linked(job.abortSignal);
  try {
    const memory = await Memory.of(job.store, job.file, job.headers);
    const known = await memory.load();
    const record = known ?? memory.record(await beginParts({ ...job, abortSignal: signal }), job.partBytes);
    // A place that was left may have been used up since.
    const gone = known ? [400, ...GONE] : GONE;
    try {
      await putParts(job, memory, record, signal, gone);
      await complete(job, record, signal, gone);
    } catch (reason: any) {
      if (reason?.isGone) await memory.forget();
      throw reason;
    }
    await memory.forget();
    return record.fileUrl;
  } finally {
    end();
  }
}

/** Puts the parts that are not there yet, some at a time. When one fails, the others end. */
async function putParts(job: Job, memory: Memory, record: UploadRecord, abortSignal: AbortSignal, gone: number[]): Promise<void> {
  const { wasm, file, progress } = job;
  const { uploadUrl, partSize, etags } = record;
  const gate = new Gate();
  const { put } = job.sending;
  const sending = {
    ...job.sending,
    retry: { ...RETRY, ...job.config.retry },
    put: (url: string, init: Sending) => gate.pass(init.signal, () => put(url, init)),
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
      const etag = await atPlace(wasm.put(sending, bytes, { uploadUrl, part: String(number), abortSignal }), gone);
      if (!etag) throw { falCode: "bad_response", operation: "upload", problem: "the answer to a part names no etag" };
      etags[number] = etag;
      await memory.save(record);
    }
  };
  await Promise.all(Array.from({ length: MOST }, work)).finally(() => (next = Infinity));
}

/** Says that all parts are there, and looks whether the file is. */
async function complete(job: Job, record: UploadRecord, abortSignal: AbortSignal, gone: number[]): Promise<void> {
  const { uploadUrl, fileUrl, etags } = record;
  const parts = Object.entries(etags).map(([number, etag]) => ({ partNumber: Number(number), etag }));
  const headers = { "Content-Type": "application/json" };
  const completed = job.wasm.complete(job.sending, JSON.stringify({ parts }), { uploadUrl, abortSignal, headers });
  try {
    await atPlace(completed, gone);
  } catch (reason: any) {
    // It was completed before, it may be, and the answer was lost.
    if (reason?.isGone && (await ending(job, fileUrl, abortSignal)) === 206) return;
    throw reason;
  }
  if ((await ending(job, fileUrl, abortSignal)) === 416) {
    throw { falCode: "bad_response", operation: "upload", problem: "the stored file is shorter than the one that was sent", isGone: true };
  }
}

/**
 * The status for the stored file's last byte: 206 where it is there, 416 where the file ends
 * before. Anything else says nothing: whoever may read the file need not be this page.
 */
async function ending({ config, file }: Job, url: string, signal: AbortSignal): Promise<number | undefined> {
  const last = file.size - 1;
  const headers = { Range: `bytes=${last}-${last}` };
  const send = timed(config.fetch ?? fetch, CHECK_MS);
  const answer = await send(url, { method: "GET", headers, signal }).catch(() => undefined);
  signal.throwIfAborted();
  answer?.body?.cancel();
  return answer?.status;
}
