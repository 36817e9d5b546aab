import type { Fields } from "./fields.ts";
import type { CompletedQueueStatus, QueueStatus } from "./types/status.ts";

const STATUSES: unknown[] = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];

/**
 * Whether a value is a status of a request, as `queue.status` gives it.
 *
 * @example
 * ```ts
 * const message: unknown = JSON.parse(body);
 * if (isQueueStatus(message)) show(message.status);
 * ```
 */
export function isQueueStatus(value: unknown): value is QueueStatus {
  const status = value as Fields;
  return STATUSES.includes(status?.status) && typeof status?.response_url === "string";
}

/**
 * Whether a value is the last status of a request. It may have ended with an error.
 *
 * @example
 * ```ts
 * const status = await fal.queue.status("acme/app", { requestId });
 * if (isCompletedQueueStatus(status)) show(status.error ?? "done");
 * ```
 */
export function isCompletedQueueStatus(value: unknown): value is CompletedQueueStatus {
  return isQueueStatus(value) && value.status === "COMPLETED";
}
