/**
 * How calls are retried. An option that is left out keeps the default of each kind of call.
 *
 * @example
 * ```ts
 * const retry: Partial<RetryOptions> = { maxRetries: 5, maxDelay: 10_000 };
 * fal.config({ retry });
 * ```
 */
export interface RetryOptions {
  /** Retries after the first try. @default 3; 5 for a status or a result; 12 while a request is followed */
  maxRetries: number;
  /** The delay before the first retry, in milliseconds. @default 1000; 500 for a run */
  baseDelay: number;
  /**
   * The longest delay, in milliseconds. A longer `Retry-After` ends the retries. For a status, a result or
   * a cancel, the client waits as long as `Retry-After` says, an hour at most.
   * @default 30000; 60000 for submits, 15000 for runs
   */
  maxDelay: number;
  /** The factor from each delay to the next. @default 2 */
  backoffMultiplier: number;
  /**
   * The HTTP statuses to retry after.
   * @default [429, 502, 503, 504]; 500 too for a status, none for the start of a stream
   */
  retryableStatusCodes: number[];
  /** Vary each delay by up to ±25 %. @default true */
  enableJitter: boolean;
  /**
   * `"always"` also retries a submit or a run that may have arrived: after 5xx answers and lost
   * connections. The service has no idempotency key, so such a retry may be billed as a second job.
   * @default "if-refused": retries them only after a 429, or if the request has not left the machine
   */
  submit?: "if-refused" | "always";
}
