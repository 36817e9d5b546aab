// The configuration and the options of calls, as the core reads them.

import type { RequestMiddleware } from "../types/middleware.ts";
import type { RetryOptions } from "../types/retry.ts";

/** The client's configuration. */
export interface CoreConfig {
  credentials?: string | (() => string | undefined) | undefined;
  /** The caller gave the key. It does not come from the environment. */
  isKeyGiven?: boolean;
  requestMiddleware?: RequestMiddleware | undefined;
  responseHandler?: ((response: Response) => Promise<unknown>) | undefined;
  fetch?: ((url: string, init: any) => Promise<Response>) | undefined;
  /** Sends bytes to presigned URLs. */
  put?: ((url: string, init: any) => Promise<Response>) | undefined;
  userAgent?: string | undefined;
  retry?: Partial<RetryOptions> | undefined;
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
  headers?: Record<string, unknown> | undefined;
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
  onQueueUpdate?(status: unknown): unknown;
  /**
   * Follows the status stream, if the route carries one, and returns the last status. If the stream cannot be opened,
   * rejects with the facts of the lost connection. If a callback throws, rejects with that error.
   */
  followStream?(request: Followed, signal: AbortSignal): Promise<unknown>;
}

/** Options of a submit. */
export interface SubmitOptions extends ModelOptions, TimedOptions {
  onSubmitted?(reply: unknown, signal: AbortSignal): unknown;
}
