/** One log entry of a model. */
export interface RequestLog {
  message: string;
  level: "STDERR" | "STDOUT" | "ERROR" | "INFO" | "WARN" | "DEBUG";
  source: "USER";
  /** ISO 8601; may lack a time zone. */
  timestamp: string;
}

/** The service's metrics of a request. */
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

/** The request waits in the queue. */
export interface InQueueQueueStatus extends BaseQueueStatus {
  status: "IN_QUEUE";
  /** How many requests are ahead of this one. */
  queue_position: number;
}

/** The model works on the request. */
export interface InProgressQueueStatus extends BaseQueueStatus {
  status: "IN_PROGRESS";
  /** All log entries so far; `null` unless the call asked for logs. */
  logs: RequestLog[];
}

/** The request has ended. Its result tells whether it succeeded. */
export interface CompletedQueueStatus extends BaseQueueStatus {
  status: "COMPLETED";
  logs: RequestLog[];
  metrics?: Metrics;
  /** Why the request failed, if it did. */
  error?: string;
  /** The kind of that failure. */
  error_type?: string;
}

/** The status of a request. */
export type QueueStatus = InQueueQueueStatus | InProgressQueueStatus | CompletedQueueStatus;
