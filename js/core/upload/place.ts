// Requests upload URLs. The service gives one for each file, and it expires after a while.

import { type Facts, isFacts } from "../../facts.ts";
import type { Calls } from "../calls.ts";
import { typeOf } from "../file.ts";
import type { Progress } from "../progress.ts";
import type { CoreConfig, Headers } from "../settings.ts";
import type { Store, UploadUrls } from "./record.ts";
import type { Send } from "./stalled.ts";

/** The upload of one file. */
export interface FileUpload {
  calls: Calls;
  /** The client's configuration. */
  config: CoreConfig;
  /** The configuration for requests to the upload URL. */
  sending: CoreConfig & { put: Send };
  file: Blob;
  partBytes: number;
  /** Headers of the request for an upload URL. They say how long, and for whom, the service keeps the file. */
  headers: Headers;
  abortSignal: AbortSignal | undefined;
  progress: Progress;
  store: Store | undefined;
}

/** The statuses of an expired or unknown upload URL. */
export const GONE: number[] = [403, 404, 410];

/** Requests an upload URL for a file, in one piece or in parts. */
export function requestUploadUrl({ calls, config, file, headers, abortSignal, progress: { onRetry, onAnswer } }: FileUpload, multipart = false): Promise<UploadUrls> {
  return calls.initiateUpload(config, describe(file), { headers, abortSignal, isMultipart: multipart, onRetry, onAnswer });
}

/** Waits for a request to an upload URL. If the URL has expired, the failure has `isGone`. */
export function flagGone<T>(call: Promise<T>, gone: number[] = GONE): Promise<T> {
  return call.catch((reason: unknown) => {
    throw hasStatus(reason, gone) ? { ...reason, isGone: true } : reason;
  });
}

/** Whether a call failed with one of these statuses. */
export function hasStatus(reason: unknown, statuses: number[]): reason is Facts {
  return isFacts(reason) && reason.falCode === "http" && statuses.includes(reason.status);
}

/** The body of a request for an upload URL: the file's type and name, as JSON. */
function describe(file: Blob): string {
  const type = typeOf(file);
  const extension = type.split("/")[1]?.split(/[-;]/)[0];
  const { name } = file as Partial<File>;
  return JSON.stringify({ content_type: type, file_name: name || `${Date.now()}.${extension}` });
}
