import type { Persist } from "./persist.ts";

/**
 * The answer to a reader: `allow` gives the file, `forbid` refuses it, `hide` says that there is no such file.
 *
 * @example
 * ```ts
 * const decision: StorageACLDecision = "hide";
 * await fal.storage.upload(file, { lifecycle: { initialAcl: { default: decision } } });
 * ```
 */
export type StorageACLDecision = "hide" | "forbid" | "allow";

/**
 * A decision for one user.
 *
 * @example
 * ```ts
 * const rule: StorageACLRule = { user: "ada", decision: "allow" };
 * await fal.storage.upload(file, { lifecycle: { initialAcl: { default: "forbid", rules: [rule] } } });
 * ```
 */
export interface StorageACLRule {
  /** The user's name on fal. */
  user: string;
  decision: StorageACLDecision;
}

/**
 * The access rules of a file.
 *
 * @example
 * ```ts
 * const initialAcl: StorageACL = { default: "forbid", rules: [{ user: "ada", decision: "allow" }] };
 * await fal.storage.upload(file, { lifecycle: { initialAcl } });
 * ```
 */
export interface StorageACL {
  /** The decision for all users without a rule. */
  default?: StorageACLDecision;
  rules?: StorageACLRule[];
}

/**
 * How long the service keeps a file: a preset, or seconds.
 *
 * @example
 * ```ts
 * const expiresIn: ObjectExpiration = "7d";
 * await fal.storage.upload(file, { lifecycle: { expiresIn } });
 * ```
 */
export type ObjectExpiration = "never" | "immediate" | "1h" | "1d" | "7d" | "30d" | "1y" | number;

/**
 * How long, and for whom, the service keeps files.
 *
 * @example
 * ```ts
 * const storageSettings: StorageSettings = { expiresIn: "1h" };
 * await fal.subscribe("acme/app", { input, storageSettings });
 * ```
 */
export interface StorageSettings {
  /** A preset, or seconds. @default the account's setting */
  expiresIn?: ObjectExpiration;
  /** The access rules of the file. */
  initialAcl?: StorageACL;
}

/**
 * Bytes sent so far, over all files of a call. `loaded` never decreases: if bytes are sent again, it
 * stays the same until more bytes are sent than before.
 *
 * @example
 * ```ts
 * const onUploadProgress = ({ loaded, total }: UploadProgress) => (bar.value = loaded / total);
 * await fal.storage.upload(file, { onUploadProgress });
 * ```
 */
export interface UploadProgress {
  loaded: number;
  total: number;
}

/**
 * Options of every call that may send files.
 *
 * @example
 * ```ts
 * const options: FileOptions = { partSize: 16 * 2 ** 20, stallTimeout: 60_000 };
 * await fal.storage.upload(file, options);
 * ```
 */
export interface FileOptions {
  /**
   * Called with the bytes sent of the call's files, ten times a second while they are sent. Bytes are
   * counted as they leave the page. In a runtime without `XMLHttpRequest`, or with a `fetch` of your
   * own, they are counted part by part.
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
   * The bytes of each part, 5 MiB (5242880) to 100 MiB (104857600). Parts are larger if a file would
   * have more than 10,000 of them.
   * @default 10485760, which is 10 MiB
   */
  readonly partSize?: number | undefined;
  /**
   * Milliseconds without progress after which a part, or a file in one piece, is sent again. Bytes in
   * flight cannot be counted in some runtimes (see `onUploadProgress`) and behind a service worker.
   * There, the limit is this time plus this time for each MiB in flight, over all uploads of the page.
   * @default 30000
   */
  readonly stallTimeout?: number | undefined;
}

/**
 * Options of `upload`.
 *
 * @example
 * ```ts
 * const options: UploadOptions = { lifecycle: { expiresIn: "7d" }, persist: true };
 * await fal.storage.upload(file, options);
 * ```
 */
export interface UploadOptions extends FileOptions {
  /**
   * Save an upload in parts, so that a later upload of the same file continues it, also after a reload.
   * @default the client's setting
   */
  readonly persist?: Persist | undefined;
  /** How long, and for whom, the service keeps the file. */
  readonly lifecycle?: StorageSettings | undefined;
}

/**
 * Files kept by fal.
 *
 * @example
 * ```ts
 * const store = (storage: StorageClient) => storage.upload(file);
 * show(await store(fal.storage));
 * ```
 */
export interface StorageClient {
  /**
   * Stores a file. A large file is sent in parts, six at a time, and each part is tried twelve times
   * (or `retry.maxRetries` plus one). If the upload URL has expired, the client requests a new one,
   * twice at most. After the parts, the client reads the last byte of the stored file, if this page
   * may: a file without its end is sent again. A file that changed on the disk since it was chosen is
   * refused, also between its parts. Firefox reports only a change of the length, so the client
   * compares the ends of each part. Bytes without a type are stored as `application/octet-stream`.
   *
   * Rejects with `ApiError` if the service refuses the file, with `FalError` if no usable answer
   * comes, or with the abort reason.
   * @returns its URL, for use in a model's input
   */
  upload: (file: Blob | ArrayBufferLike | ArrayBufferView, options?: UploadOptions) => Promise<string>;
  /**
   * Replaces each `File` and `Blob` in an input, at any depth, by a string, and each `FileList` by
   * an array of strings. Calls with an input do the same before they send it. (They also refuse values
   * that JSON would lose.) Rejects like {@link StorageClient.upload}.
   * @returns a copy with strings for files; the input itself stays unchanged
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the caller's own input, as in the official types
  transformInput: (input: Record<string, any>) => Promise<Record<string, any>>;
}
