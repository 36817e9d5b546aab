/**
 * One log entry of a model.
 *
 * @example
 * ```ts
 * const describe = ({ level, message }: RequestLog) => `${level} ${message}`;
 * ```
 */
export interface RequestLog {
  message: string;
  level: "STDERR" | "STDOUT" | "ERROR" | "INFO" | "WARN" | "DEBUG";
  source: "USER";
  /** ISO 8601; may lack a time zone. */
  timestamp: string;
}

/**
 * The service's metrics of a request.
 *
 * @example
 * ```ts
 * const describe = ({ inference_time }: Metrics) => `${inference_time ?? "?"} s`;
 * ```
 */
export interface Metrics {
  /** Seconds the model ran. */
  inference_time: number | null;
}

interface BaseQueueStatus {
  status: "IN_QUEUE" | "IN_PROGRESS" | "COMPLETED";
  request_id: string;
  response_url: string;
  status_url: string;
  cancel_url: string;
}

/**
 * The request waits in the queue.
 *
 * @example
 * ```ts
 * const describe = ({ queue_position }: InQueueQueueStatus) => `${queue_position} ahead`;
 * ```
 */
export interface InQueueQueueStatus extends BaseQueueStatus {
  status: "IN_QUEUE";
  /** How many requests are ahead of this one. */
  queue_position: number;
}

/**
 * The model works on the request.
 *
 * @example
 * ```ts
 * const describe = ({ logs }: InProgressQueueStatus) => logs?.at(-1)?.message ?? "running";
 * ```
 */
export interface InProgressQueueStatus extends BaseQueueStatus {
  status: "IN_PROGRESS";
  /** All log entries so far; `null` unless the call asked for logs. */
  logs: RequestLog[];
}

/**
 * The request has ended. Its result tells whether it succeeded.
 *
 * @example
 * ```ts
 * const describe = ({ error }: CompletedQueueStatus) => error ?? "done";
 * ```
 */
export interface CompletedQueueStatus extends BaseQueueStatus {
  status: "COMPLETED";
  logs: RequestLog[];
  metrics?: Metrics;
  /** Why the request failed, if it did. */
  error?: string;
  /** The kind of that failure. */
  error_type?: string;
}

/**
 * The status of a request.
 *
 * @example
 * ```ts
 * const describe = (update: QueueStatus) => (update.status === "IN_QUEUE" ? `${update.queue_position} ahead` : update.status);
 * await fal.subscribe("acme/app", { input, onQueueUpdate: (update) => show(describe(update)) });
 * ```
 */
export type QueueStatus = InQueueQueueStatus | InProgressQueueStatus | CompletedQueueStatus;
