import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { Persist } from "./journal.ts";
import type { Progress } from "./progress.ts";
import type { Result, RunOptions } from "./request.ts";
import type { CompletedQueueStatus, InQueueQueueStatus, QueueStatus } from "./status.ts";
import type { FalStream, StreamingConnectionMode } from "./streaming.ts";

/** The place of a request in line. */
export type QueuePriority = "low" | "normal";

/** Options of `submit`. */
export interface SubmitOptions<Input> extends RunOptions<Input> {
  /** Where the service posts the result to when the request is completed. */
  readonly webhookUrl?: string | undefined;
  /** `low` waits behind all normal requests. @default "normal" */
  readonly priority?: QueuePriority | undefined;
  /** Prefers a runner that served this hint before. Sent as `x-fal-runner-hint`. */
  readonly hint?: string | undefined;
  /**
   * More headers of the submit. `priority`, `hint`, `startTimeout` and `storageSettings`
   * win over the headers that they stand for.
   */
  readonly headers?: Record<string, string> | undefined;
  /** Note the request until its result is delivered. @default the client's setting, false */
  readonly persist?: Persist | undefined;
  /** What `pending` shall say of the request where it is noted: anything that JSON can hold. */
  readonly label?: unknown;
}

/** How a request is followed to its end. */
export interface QueueModeOptions {
  /**
   * By asking again and again (`"polling"`), or by one answer that the service sends in
   * parts (`"streaming"`; where it fails, by asking).
   * @default streaming where the way to the service carries it, else polling, less often for
   * an old request, a long line or a hidden page; each update is told once. At one time, all pages
   * of an origin have up to 64 streams over HTTP/2 and three over HTTP/1.1; `"streaming"` has no limit
   */
  readonly mode?: "polling" | "streaming" | undefined;
  /**
   * Milliseconds between two questions for the status. Given without a `mode`, the request is
   * followed by polling. @default 500 with a `mode`
   */
  readonly pollInterval?: number | undefined;
  /** Who holds the connection where `mode` is `"streaming"`. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
}

/** Options of `subscribe`, beside those of a submit. */
export interface QueueSubscribeOptions extends QueueModeOptions {
  /** Told the request id, once the request is in the queue. */
  readonly onEnqueue?: ((requestId: string) => void) | undefined;
  /** Told each status, from the first in the queue to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Ask for the model's logs with each status. @default false */
  readonly logs?: boolean | undefined;
  /** Gets a report of how far the call is, from the upload of its files to its end, and of lost connections. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Milliseconds from the submit (uploads are not counted) until the call settles with a
   * `TimeoutError` and cancels the job. @default none
   */
  readonly timeout?: number | undefined;
  /**
   * Settles the call at once with the code `detached`, and leaves the job running: for a component or a
   * page that goes away. With `persist` the job stays saved, and `resume` goes on with it. Before the
   * submit it ends the uploads, and nothing is submitted; a submit in flight is waited for and saved.
   */
  readonly detachSignal?: AbortSignal | undefined;
}

/** Names a request. */
export interface RequestOptions {
  /** The id that `submit` or `onEnqueue` gave. */
  readonly requestId: string;
  /** Ends the call. The request itself goes on. */
  readonly abortSignal?: AbortSignal | undefined;
  /** Where `result` and `cancel` forget the request. @default the client's setting */
  readonly persist?: Persist | undefined;
}

/** Options of `status`. */
export interface QueueStatusOptions extends RequestOptions {
  /** Ask for the model's logs. @default false */
  readonly logs?: boolean | undefined;
}

/** Options of `streamStatus`. */
export interface QueueStatusStreamOptions extends QueueStatusOptions {
  /** Who holds the connection. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
}

/** Options of `subscribeToStatus`. */
export interface QueueStatusSubscriptionOptions extends QueueStatusOptions, QueueModeOptions {
  /** Told each status, to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Gets a report of how far the request is, and of lost connections. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Milliseconds until the call settles with a `TimeoutError` and cancels the job.
   * @default none
   */
  readonly timeout?: number | undefined;
  /** Settles the call at once with the code `detached`, and leaves the job running. */
  readonly detachSignal?: AbortSignal | undefined;
  /** Without effect, as the request is submitted already; the official types have it. */
  readonly startTimeout?: number | undefined;
  /** Without effect, as the request is submitted already; the official types have it. */
  readonly priority?: QueuePriority | undefined;
  /** Without effect, as the request is submitted already; the official types have it. */
  readonly headers?: Record<string, string> | undefined;
}

/** Requests in the queue. */
export interface QueueClient {
  /**
   * Puts a request into the queue.
   * @returns the service's reply, with the `request_id` to keep
   */
  submit<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: SubmitOptions<InputType<Id>>,
  ): Promise<InQueueQueueStatus>;
  /** Asks where a request stands. */
  status(endpointId: string, options: QueueStatusOptions): Promise<QueueStatus>;
  /** Gives each status of a request as the service sends it, up to `COMPLETED`. */
  streamStatus(
    endpointId: string,
    options: QueueStatusStreamOptions,
  ): Promise<FalStream<unknown, QueueStatus>>;
  /**
   * Follows a request that was submitted before.
   * @returns its last status, with all the logs where `logs` asks for them; with `mode: "streaming"`, with
   * those of the stream's last event
   */
  subscribeToStatus(
    endpointId: string,
    options: QueueStatusSubscriptionOptions,
  ): Promise<CompletedQueueStatus>;
  /** Fetches the result of a completed request. A failed one rejects with its failure. */
  result<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: RequestOptions,
  ): Promise<Result<OutputType<Id>>>;
  /** Cancels a request. One that runs already may still complete. */
  cancel(endpointId: string, options: RequestOptions): Promise<void>;
}
