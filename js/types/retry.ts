/** How calls are tried again. What is left out keeps the default of each kind of call. */
export interface RetryOptions {
  /** Tries after the first one. @default 3; 5 for a status or a result; 12 while a request is followed */
  maxRetries: number;
  /** Wait before the first retry, in milliseconds. @default 1000; 500 for a run */
  baseDelay: number;
  /**
   * The longest wait, in milliseconds. A longer `Retry-After` ends the retries, except of a status, a
   * result or a cancel: there it is waited out, an hour at most.
   * @default 30000; 60000 for submits, 15000 for runs
   */
  maxDelay: number;
  /** Each wait is the one before times this. @default 2 */
  backoffMultiplier: number;
  /**
   * HTTP statuses worth another try.
   * @default [429, 502, 503, 504]; 500 too for a status, none for the start of a stream
   */
  retryableStatusCodes: number[];
  /** Spread each wait by ±25 %. @default true */
  enableJitter: boolean;
  /**
   * Also repeat a submit or a run that may have arrived: after 5xx answers and lost
   * connections. The service knows no idempotency key, so a repeat may be billed as a second
   * job.
   * @default "if-refused": they are repeated after a 429 only, or where they have not left the
   * machine
   */
  submit?: "if-refused" | "always";
}
