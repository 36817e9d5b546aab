import type { Persist } from "./journal.ts";
/** What a reader is told: the file, that it is forbidden, or that there is none. */
export type StorageACLDecision = "hide" | "forbid" | "allow";

/** A decision for one user. */
export interface StorageACLRule {
  /** The user's name on fal. */
  user: string;
  decision: StorageACLDecision;
}

/** Who may read a file (protocol §9.6). */
export interface StorageACL {
  /** For everyone whom no rule names. */
  default?: StorageACLDecision;
  rules?: StorageACLRule[];
}

/** How long the service keeps a file: a preset, or seconds. */
export type ObjectExpiration = "never" | "immediate" | "1h" | "1d" | "7d" | "30d" | "1y" | number;

/** How long, and for whom, the service keeps files. */
export interface StorageSettings {
  /** A preset, or seconds. @default the account's setting */
  expiresIn?: ObjectExpiration;
  /** Who may read the file. */
  initialAcl?: StorageACL;
}

/**
 * Bytes sent so far, over all files of a call. Never goes back: bytes that have to be sent again
 * are counted again, and the numbers stand still until these are more.
 */
export interface UploadProgress {
  loaded: number;
  total: number;
}

/** Options of every call that may send files. */
export interface FileOptions {
  /**
   * Told how much of the call's files is sent, in bytes: ten times a second while that goes on.
   * Each byte counts as it leaves the page, or, where this runtime has no `XMLHttpRequest` or
   * `fetch` is the caller's own, with the rest of its part.
   */
  readonly onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
  /**
   * Settles the call at once, with the signal's reason (an `AbortError` by default). A job
   * that the call has submitted is cancelled on the server.
   */
  readonly abortSignal?: AbortSignal | undefined;
  /**
   * Files of more bytes than this go up in parts. From 0; `Infinity` for never.
   * @default 94371840, which is 90 MiB; the service takes about 100 MB in one piece
   */
  readonly multipartThreshold?: number | undefined;
  /**
   * The bytes of each part, 5 MiB (5242880) to 100 MiB (104857600); more where a file would have
   * more than 10,000 parts.
   * @default 10485760, which is 10 MiB
   */
  readonly partSize?: number | undefined;
  /**
   * After so many milliseconds in which nothing of a part, or of a file in one piece, was sent,
   * it is sent again. Where bytes cannot be counted one by one (see `onUploadProgress`; behind a
   * service worker, too), it is the time for each MiB that is on its way, of all uploads of the page,
   * and once more.
   * @default 30000
   */
  readonly stallTimeout?: number | undefined;
}

/** Options of `upload`. */
export interface UploadOptions extends FileOptions {
  /**
   * Note an upload in parts, so that the same file goes on where it was left, also after a reload.
   * @default the client's setting
   */
  readonly persist?: Persist | undefined;
  /** How long, and for whom, the service keeps the file. */
  readonly lifecycle?: StorageSettings | undefined;
}

/** Files kept by fal. */
export interface StorageClient {
  /**
   * Stores a file, a large one in parts, of which six go at one time and each is tried ten times
   * (or `retry.maxRetries` and once). A place that has expired is asked for anew, twice at most.
   * Of a file in parts the last byte is asked for at the end, where this page may read it: one
   * that lacks its end is sent again. A file that was changed on the disk since it was chosen is
   * refused, also between its parts. Firefox itself shows no change but of the length: there the
   * ends of each part are compared.
   * Bytes without a type are stored as `application/octet-stream`.
   *
   * Rejects with `ApiError` where the service refuses it, with `FalError`
   * where no usable answer comes, with the abort reason.
   * @returns its URL, for use in a model's input
   */
  upload: (file: Blob | ArrayBufferLike | ArrayBufferView, options?: UploadOptions) => Promise<string>;
  /**
   * Replaces each `File` and `Blob` in an input, at any depth, by a string, and each `FileList` by
   * an array of strings, as the calls that take an input do before they send it. (These also refuse
   * what JSON would lose.) Rejects like {@link StorageClient.upload}.
   * @returns a copy with strings for files; the input itself is left as it is
   */
  transformInput: (input: Record<string, any>) => Promise<Record<string, any>>;
}
