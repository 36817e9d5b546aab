/** One log entry of a model. */
export interface RequestLog {
  message: string;
  level: "STDERR" | "STDOUT" | "ERROR" | "INFO" | "WARN" | "DEBUG";
  source: "USER";
  /** ISO 8601; may lack a zone. */
  timestamp: string;
}

/** What the service measured. */
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

/** Waiting in line. */
export interface InQueueQueueStatus extends BaseQueueStatus {
  status: "IN_QUEUE";
  /** How many requests are ahead. */
  queue_position: number;
}

/** Being worked on. */
export interface InProgressQueueStatus extends BaseQueueStatus {
  status: "IN_PROGRESS";
  /** All entries so far; `null` unless logs were asked for. */
  logs: RequestLog[];
}

/** Ended, well or not: the result call tells which. */
export interface CompletedQueueStatus extends BaseQueueStatus {
  status: "COMPLETED";
  logs: RequestLog[];
  metrics?: Metrics;
  /** Why the request failed, if it did. */
  error?: string;
  /** The kind of that failure. */
  error_type?: string;
}

/** Where a request stands. */
export type QueueStatus = InQueueQueueStatus | InProgressQueueStatus | CompletedQueueStatus;
