import type { ResolvedConfig } from "../resolved-config.ts";
import { isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import { badArgument } from "./bad-argument.ts";
import type { Calls } from "./calls.ts";
import { isFile, typeOf } from "./file.ts";
import type { Progress } from "./progress.ts";
import type { Headers, UploadOptions } from "./settings.ts";
import { linkSignal } from "./signal.ts";
import { type FileUpload, GONE, flagGone, hasStatus, requestUploadUrl } from "./upload/place.ts";
import { checkReadable } from "./upload/readable.ts";
import { type Send, withStallLimit } from "./upload/stalled.ts";
import { xhrSend } from "./xhr.ts";

const MEBIBYTE = 1_048_576;
/** The most that the service takes in one request (protocol §9.2), in bytes. */
const MOST_BYTES = 100 * MEBIBYTE;
/** The least that S3 takes for a part, in bytes. */
const LEAST_PART_BYTES = 5 * MEBIBYTE;
const STALL_MS = 30_000;
/** How often an upload requests a new upload URL after the old one has expired. */
const MOST_NEW_URLS = 2;

/** Stores one file, in parts if it is large, reports to `progress`, and returns the file's URL. */
export async function upload(calls: Calls, config: ResolvedConfig, file: Blob, options: UploadOptions & { headers: Headers }, progress: Progress): Promise<string> {
  const { headers, abortSignal, store } = options;
  const threshold = numberOption(options, "multipartThreshold", 0);
  const partBytes = calls.partBytes(file.size, threshold, numberOption(options, "partSize", LEAST_PART_BYTES, MOST_BYTES));
  const stallMs = numberOption(options, "stallTimeout", 1) ?? STALL_MS;
  const sending = { ...config, put: sender(config, file, stallMs, progress) };
  const task: FileUpload = { calls, config, sending, file, partBytes, headers, abortSignal, progress, store };
  progress.begin();
  try {
    await checkReadable(file);
    const url = await (partBytes < file.size ? sendInParts(task, config) : retryWithNewUrl(task, sendInOnePiece));
    progress.finish(file);
    return url;
  } finally {
    progress.end();
  }
}

/** A number among the options. Throws if it is out of range. */
function numberOption(options: UploadOptions, name: "multipartThreshold" | "partSize" | "stallTimeout", least: number, most = Infinity): number | undefined {
  const given = options[name] ?? undefined;
  if (given === undefined || (typeof given === "number" && given >= least && given <= most)) return given;
  const end = most < Infinity ? ` to ${most}` : " or more";
  throw badArgument(name, `must be a number, ${least}${end}`, { given });
}

/** A function that sends bytes. A stalled try fails. If the runtime reports sent bytes, they are counted. */
function sender(config: ResolvedConfig, file: Blob, stallMs: number, progress: Progress): Send {
  const count = (url: string, bytes: number): void => progress.count(file, url, bytes);
  const isCounted = !config.fetch && typeof XMLHttpRequest !== "undefined";
  const send = isCounted ? xhrSend(stallMs, count) : withStallLimit(config.fetch ?? fetch, stallMs);
  return async (url, init) => {
    const bytes = init.body;
    // The list of the parts, which completes an upload, is not counted.
    if (!isFile(bytes)) return send(url, init);
    await checkReadable(bytes);
    try {
      const answer = await send(url, init);
      if (answer?.ok) count(url, bytes.size);
      return answer;
    } catch (reason) {
      // Browsers report a file that changed on the disk as a broken connection.
      if (reason instanceof TypeError) await checkReadable(bytes);
      throw reason;
    }
  };
}

/** Runs an upload, and retries it with a new upload URL if the old one has expired. */
async function retryWithNewUrl(task: FileUpload, send: (task: FileUpload) => Promise<string>): Promise<string> {
  for (let times = 0; ; times++) {
    try {
      return await send(task);
    } catch (reason) {
      if (!isFacts(reason) || !reason.isGone || times >= MOST_NEW_URLS) throw reason;
      task.progress.restart(task.file);
    }
  }
}

async function sendInOnePiece(task: FileUpload): Promise<string> {
  const { calls, sending, file, abortSignal, progress } = task;
  const { onRetry, onAnswer } = progress;
  const urls = await requestUploadUrl(task);
  const headers = { "Content-Type": typeOf(file) };
  await flagGone(calls.upload(sending, file, { uploadUrl: urls.upload_url, abortSignal, headers, onRetry, onAnswer }));
  return urls.file_url;
}

async function sendInParts(task: FileUpload, config: ResolvedConfig): Promise<string> {
  try {
    const { uploadParts } = await config.loadParts();
    return await retryWithNewUrl(task, (task) => uploadParts(task, { GONE, flagGone, requestUploadUrl, hasStatus, linkSignal, withStallLimit }));
  } catch (refusal) {
    if (!isFacts(refusal) || !refusal.advice) throw refusal;
    if (task.file.size <= MOST_BYTES) {
      return retryWithNewUrl(task, sendInOnePiece).catch((reason: unknown) => {
        throw (reason as Fields)?.status === 413 ? refusal : reason;
      });
    }
    // Check whether uploads in one piece are refused, too. Then that error is the one to report.
    await requestUploadUrl(task);
    throw refusal;
  }
}
