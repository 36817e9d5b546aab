// The configuration and the options of calls, as the core reads them.

import type { Fields } from "../fields.ts";
import type { PendingStore } from "../types/persist.ts";
import type { RequestMiddleware } from "../types/middleware.ts";
import type { Progress } from "../types/progress.ts";
import type { QueueModeOptions, SubmitOptions as UserSubmitOptions } from "../types/queue.ts";
import type { RunOptions } from "../types/request.ts";
import type { RetryOptions } from "../types/retry.ts";
import type { Metrics, RequestLog } from "../types/status.ts";
import type { UploadOptions as UserUploadOptions } from "../types/storage.ts";
import type { StreamOptions as UserStreamOptions, StreamingConnectionMode, TokenProvider } from "../types/streaming.ts";
import type { Store } from "./upload/record.ts";

/** Sends a request, as `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Headers by name. */
export type Headers = Record<string, unknown>;

/** A request after the caller's middleware. */
export interface Routed {
  method: string;
  url: string;
  headers: Headers;
  /** The middleware changed the URL. */
  isRouted?: boolean;
  /** The middleware changed the URL, and the caller's key may be sent there. */
  isTrusted?: boolean;
  /** The URL that a redirect led to. */
  redirectedTo?: string;
}

/** The client's configuration. */
export interface CoreConfig {
  credentials?: string | (() => string | undefined) | undefined;
  /** The caller gave the key. It does not come from the environment. */
  isKeyGiven?: boolean;
  requestMiddleware?: RequestMiddleware | undefined;
  responseHandler?: ((response: Response) => Promise<Fields>) | undefined;
  fetch?: Fetch | undefined;
  /** Sends bytes to presigned URLs. */
  put?(url: string, init: RequestInit): Promise<Response>;
  userAgent?: string | undefined;
  retry?: Partial<RetryOptions> | undefined;
}

/** A status of a request, as the service sends it. */
export interface StatusBody {
  status?: string;
  request_id?: unknown;
  queue_position?: number;
  logs?: RequestLog[] | null;
  metrics?: Metrics | null;
}

/** Options of every call. */
export interface CallOptions {
  abortSignal?: AbortSignal | undefined;
  detachSignal?: AbortSignal | undefined;
  /** Called when the whole call is over, with whether its request was cancelled. */
  onOver?: ((isCancelled?: boolean) => void) | undefined;
  /** A try failed, and the call retries. */
  onRetry?: (() => void) | undefined;
  /** A try succeeded after one had failed. */
  onAnswer?: (() => void) | undefined;
  /** Called with the URL of a stream's request before it is sent. */
  onStreamUrl?: ((url: string) => void) | undefined;
  headers?: Headers | undefined;
}

/** Options of a call with a time limit. */
export interface TimedOptions extends CallOptions {
  /** Milliseconds. */
  timeout?: unknown;
}

/** Options of a call about a request. */
export interface RequestOptions extends CallOptions {
  requestId?: unknown;
  status_url?: unknown;
  response_url?: unknown;
  cancel_url?: unknown;
  logs?: unknown;
}

/** Options of a call to a model. */
export interface ModelOptions extends CallOptions {
  method?: string | undefined;
  /** The query with its `?`. */
  query?: string | undefined;
  body?: unknown;
}

/** A request to follow by its status stream. */
export interface Followed {
  requestId: string;
  status_url: string | undefined;
  /** The URL of the stream. */
  url: string;
  /** Opens the stream. Rejects with facts. */
  open(signal: AbortSignal): Promise<Response>;
}

/** Options of a call that follows a request. */
export interface FollowOptions extends TimedOptions, RequestOptions {
  pollInterval?: unknown;
  onQueueUpdate?: ((status: StatusBody) => unknown) | undefined;
  /**
   * Follows the status stream, if the route carries one, and returns the last status. If the stream cannot be opened,
   * rejects with the facts of the lost connection. If a callback throws, rejects with that error.
   */
  followStream?(request: Followed, signal: AbortSignal): Promise<unknown>;
}

/** Options of a submit. */
export interface SubmitOptions extends ModelOptions, TimedOptions {
  onSubmitted?: ((reply: SubmitReply, signal: AbortSignal) => unknown) | undefined;
}

/** The service's reply to a submit. The engine has checked that it names the request. */
export interface SubmitReply {
  request_id: string;
  status_url?: unknown;
  response_url?: unknown;
  cancel_url?: unknown;
}

// The options of the package's operations: those of the caller, and those that the package adds.

/** Callbacks for the progress of a call. */
export interface ReportOptions extends CallOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options of an upload. */
export type UploadOptions = ReportOptions & Omit<UserUploadOptions, "persist"> & { store?: Store | undefined };

/** Options of an operation that may send the files of an input. */
export type FileOptions = UploadOptions & Pick<RunOptions<unknown>, "files" | "storageSettings">;

/** Options of an operation that sends an input to a model. */
export type InputOptions = FileOptions & RunOptions<unknown> & Pick<UserStreamOptions<unknown>, "autoUpload">;

/** Options of an operation that submits a request. */
export type SubmittingOptions = InputOptions &
  Omit<UserSubmitOptions<unknown>, "persist"> &
  Omit<SubmitOptions, "onSubmitted"> & {
    /** Called before the caller gets the request id. */
    onSubmitted?: ((reply: SubmitReply) => unknown) | undefined;
  };

/** Options of an operation that follows a request, and reports its statuses. */
export type FollowingOptions = ReportOptions &
  Omit<FollowOptions, "pollInterval" | "followStream"> &
  QueueModeOptions & {
    /** When the request was submitted, in milliseconds since 1970. */
    submittedAt?: number | undefined;
  };

/** Options of `subscribe`. */
export type SubscribeOptions = SubmittingOptions & FollowingOptions & { onEnqueue?: ((requestId: string) => unknown) | undefined };

/** Options of `stream`. */
export type ModelStreamOptions = InputOptions & UserStreamOptions<unknown>;

/** Options of `streamStatus`. */
export interface StatusStreamOptions extends RequestOptions, ConnectionOptions {
  timeout?: number | undefined;
}

/** How to open a stream. */
export interface ConnectionOptions {
  accept?: string | undefined;
  connectionMode?: StreamingConnectionMode | undefined;
  tokenProvider?: TokenProvider | undefined;
}

/** Options of an operation that saves its request, or deletes a saved one. */
export interface SavingOptions {
  persist: true | PendingStore;
}
