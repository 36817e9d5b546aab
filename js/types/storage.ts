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

/** Bytes sent so far, over all files of a call. Never goes back. */
export interface UploadProgress {
  loaded: number;
  total: number;
}

/** Options of every call that may send files. */
export interface FileOptions {
  /** Told how much of the call's files is sent, in bytes. */
  readonly onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
  /**
   * Settles the call at once, with the signal's reason (an `AbortError` by default). A job
   * that the call has submitted is cancelled on the server.
   */
  readonly abortSignal?: AbortSignal | undefined;
}

/** Options of `upload`. */
export interface UploadOptions extends FileOptions {
  /** How long, and for whom, the service keeps the file. */
  readonly lifecycle?: StorageSettings | undefined;
}

/** Files kept by fal. */
export interface StorageClient {
  /**
   * Stores a file. Rejects with `ApiError` where the service refuses it, with `FalError`
   * where no usable answer comes, with the abort reason.
   * @returns its URL, for use in a model's input
   */
  upload: (file: Blob, options?: UploadOptions) => Promise<string>;
  /**
   * Replaces each `File` and `Blob` in an input, at any depth, by a string, as the calls
   * that take an input do before they send it. Rejects like {@link StorageClient.upload}.
   * @returns a copy with strings for files; the input itself is left as it is
   */
  transformInput: (input: Record<string, any>) => Promise<Record<string, any>>;
}
