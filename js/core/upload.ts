import { typeOf } from "../../src/browser/wire.js";
import { isFile } from "./file.ts";
import type { Progress } from "./progress.ts";
import { linked } from "./signal.ts";
import { GONE, type Job, atPlace, begin, isAnswer } from "./upload/place.ts";
import { checkReadable } from "./upload/readable.ts";
import { type Send, timed } from "./upload/stalled.ts";
import { type Wasm, badArgument } from "./wasm.ts";
import { counted } from "./xhr.ts";

const MEBIBYTE = 1_048_576;
/** What the service takes in one request (protocol §9.2), in bytes. */
const MOST_BYTES = 100 * MEBIBYTE;
/** The least that S3 takes for a part, in bytes. */
const LEAST_PART_BYTES = 5 * MEBIBYTE;
const STALL_MS = 30_000;
/** How often an upload begins anew when its place is good no more. */
const MOST_ANEW = 2;

/** Stores one file, in parts where it is large, telling `progress` of it: its URL. */
export async function upload(wasm: Wasm, config: any, file: Blob, options: any, progress: Progress): Promise<string> {
  const { headers, abortSignal, store } = options;
  const threshold = checked(options, "multipartThreshold", 0);
  const partBytes = wasm.part_bytes(file.size, threshold, checked(options, "partSize", LEAST_PART_BYTES, MOST_BYTES));
  const stallMs = checked(options, "stallTimeout", 1) ?? STALL_MS;
  const sending = { ...config, put: sender(config, file, stallMs, progress) };
  const job: Job = { wasm, config, sending, file, partBytes, headers, abortSignal, progress, store };
  progress.begin();
  try {
    await checkReadable(file);
    const url = await (partBytes < file.size ? inParts(job) : anew(job, inOnePiece));
    progress.finish(file);
    return url;
  } finally {
    progress.end();
  }
}

/** A number among the options that cannot be wrong. */
function checked(options: any, name: string, least: number, most = Infinity): number | undefined {
  const given = options[name] ?? undefined;
  if (given === undefined || (typeof given === "number" && given >= least && given <= most)) return given;
  const end = most < Infinity ? ` to ${most}` : " or more";
  throw badArgument(name, `must be a number, ${least}${end}`, { given });
}

/** Sends bytes so that a try that stalls ends, and, where this runtime tells, each byte is counted. */
function sender(config: any, file: Blob, stallMs: number, progress: Progress): Send {
  const tell = (url: string, bytes: number): void => progress.tell(file, url, bytes);
  const isCounted = !config.fetch && typeof XMLHttpRequest !== "undefined";
  const send = isCounted ? counted(stallMs, tell) : timed(config.fetch ?? fetch, stallMs);
  return async (url, init) => {
    const bytes = init.body;
    // The list of the parts counts as none.
    if (!isFile(bytes)) return send(url, init);
    await checkReadable(bytes);
    try {
      const answer = await send(url, init);
      if (answer?.ok) tell(url, bytes.size);
      return answer;
    } catch (reason) {
      // To browsers, a file that was changed on the disk is a connection that broke.
      if (reason instanceof TypeError) await checkReadable(bytes);
      throw reason;
    }
  };
}

/** Does it, and once more, with a new place, where the place is good no more. */
async function anew(job: Job, way: (job: Job) => Promise<string>): Promise<string> {
  for (let times = 0; ; times++) {
    try {
      return await way(job);
    } catch (reason: any) {
      if (!reason?.isGone || times >= MOST_ANEW) throw reason;
      job.progress.restart(job.file);
    }
  }
}

async function inOnePiece(job: Job): Promise<string> {
  const { wasm, sending, file, abortSignal, progress } = job;
  const { onRetry, onAnswer } = progress;
  const place = await begin(job);
  const headers = { "Content-Type": typeOf(file) };
  await atPlace(wasm.put(sending, file, { uploadUrl: place.upload_url, abortSignal, headers, onRetry, onAnswer }));
  return place.file_url;
}

async function inParts(job: Job): Promise<string> {
  try {
    const { uploadParts } = await job.config.loadParts();
    return await anew(job, (job) => uploadParts(job, { GONE, atPlace, begin, isAnswer, linked, timed }));
  } catch (refusal: any) {
    if (!refusal?.advice) throw refusal;
    if (job.file.size <= MOST_BYTES) {
      return await anew(job, inOnePiece).catch((reason) => {
        throw reason?.status === 413 ? refusal : reason;
      });
    }
    // Where this is refused too, it is not for the parts.
    await begin(job);
    throw refusal;
  }
}
