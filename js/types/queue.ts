import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { Persist } from "./persist.ts";
import type { Progress } from "./progress.ts";
import type { Result, RunOptions } from "./request.ts";
import type { CompletedQueueStatus, InQueueQueueStatus, QueueStatus } from "./status.ts";
import type { FalStream, StreamingConnectionMode } from "./streaming.ts";

/**
 * The priority of a request in the queue.
 *
 * @example
 * ```ts
 * const priority: QueuePriority = "low";
 * await fal.queue.submit("acme/app", { input, priority });
 * ```
 */
export type QueuePriority = "low" | "normal";

/**
 * Options of `submit`.
 *
 * @example
 * ```ts
 * const options: SubmitOptions<{ prompt: string }> = { input: { prompt: "a cat" }, priority: "low" };
 * await fal.queue.submit("acme/app", options);
 * ```
 */
export interface SubmitOptions<Input> extends RunOptions<Input> {
  /** The URL that the service posts the result to when the request is completed. */
  readonly webhookUrl?: string | undefined;
  /** A `low` request waits behind all `normal` ones. @default "normal" */
  readonly priority?: QueuePriority | undefined;
  /** Prefers a runner that served this hint before. Sent as `x-fal-runner-hint`. */
  readonly hint?: string | undefined;
  /**
   * More headers of the submit. The options `priority`, `hint`, `startTimeout` and `storageSettings`
   * override their headers.
   */
  readonly headers?: Record<string, string> | undefined;
  /** Save the request until its result is delivered. @default the client's setting, false */
  readonly persist?: Persist | undefined;
  /** A label of your own for the saved request, which `pending` lists: any JSON value. */
  readonly label?: unknown;
}

/**
 * How a request is followed to its end.
 *
 * @example
 * ```ts
 * const asTheOfficialClient: QueueModeOptions = { mode: "polling", pollInterval: 500 };
 * await fal.subscribe("acme/app", { input, ...asTheOfficialClient });
 * ```
 */
export interface QueueModeOptions {
  /**
   * `"polling"` asks for the status again and again. `"streaming"` reads statuses from one event
   * stream; if that fails, it polls.
   * @default streaming if the proxy carries event streams, otherwise polling, which is less frequent
   * for an old request, a long queue or a hidden page. Each update is reported once. All pages of an
   * origin together open up to 64 streams over HTTP/2, and three over HTTP/1.1. `"streaming"` has no
   * such limit
   */
  readonly mode?: "polling" | "streaming" | undefined;
  /**
   * The poll delay, in milliseconds. Without a `mode`, this option also selects polling.
   * @default 500 with a `mode`
   */
  readonly pollInterval?: number | undefined;
  /** Which side connects to fal if `mode` is `"streaming"`. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
}

/**
 * Options of `subscribe`, beside those of a submit.
 *
 * @example
 * ```ts
 * const options: QueueSubscribeOptions = { logs: true, timeout: 300_000, onQueueUpdate: ({ status }) => show(status) };
 * await fal.subscribe("acme/app", { input, ...options });
 * ```
 */
export interface QueueSubscribeOptions extends QueueModeOptions {
  /** Called with the request id once the request is in the queue. */
  readonly onEnqueue?: ((requestId: string) => void) | undefined;
  /** Called with each status, from the first in the queue to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Ask for the model's logs with each status. @default false */
  readonly logs?: boolean | undefined;
  /** Called with the progress of the call, from the upload of its files to its end, and with lost connections. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Milliseconds from the submit (uploads are not counted) until the call settles with a
   * `TimeoutError` and cancels the job. @default none
   */
  readonly timeout?: number | undefined;
  /**
   * Settles the call at once with the code `detached`, and leaves the job running. For a component or a
   * page that goes away. With `persist` the request stays saved, and `resume` resumes it. Before the
   * submit, the uploads end and nothing is submitted. A submit in flight completes, and its request is
   * saved.
   */
  readonly detachSignal?: AbortSignal | undefined;
}

/**
 * Names a request.
 *
 * @example
 * ```ts
 * const request: RequestOptions = { requestId };
 * await fal.queue.cancel("acme/app", request);
 * ```
 */
export interface RequestOptions {
  /** The id that `submit` or `onEnqueue` gave. */
  readonly requestId: string;
  /** Ends the call. The request itself goes on. */
  readonly abortSignal?: AbortSignal | undefined;
  /** The store from which `result` and `cancel` delete the request. @default the client's setting */
  readonly persist?: Persist | undefined;
}

/**
 * Options of `status`.
 *
 * @example
 * ```ts
 * const options: QueueStatusOptions = { requestId, logs: true };
 * const status = await fal.queue.status("acme/app", options);
 * ```
 */
export interface QueueStatusOptions extends RequestOptions {
  /** Ask for the model's logs. @default false */
  readonly logs?: boolean | undefined;
}

/**
 * Options of `streamStatus`.
 *
 * @example
 * ```ts
 * const options: QueueStatusStreamOptions = { requestId, logs: true };
 * for await (const { status } of await fal.queue.streamStatus("acme/app", options)) show(status);
 * ```
 */
export interface QueueStatusStreamOptions extends QueueStatusOptions {
  /** Which side connects to fal. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
}

/**
 * Options of `subscribeToStatus`.
 *
 * @example
 * ```ts
 * const options: QueueStatusSubscriptionOptions = { requestId, onQueueUpdate: ({ status }) => show(status) };
 * await fal.queue.subscribeToStatus("acme/app", options);
 * ```
 */
export interface QueueStatusSubscriptionOptions extends QueueStatusOptions, QueueModeOptions {
  /** Called with each status, to the last. */
  readonly onQueueUpdate?: ((status: QueueStatus) => void) | undefined;
  /** Called with the progress of the request, and with lost connections. */
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

/**
 * Requests in the queue.
 *
 * @example
 * ```ts
 * const cancelAll = (queue: QueueClient, ids: string[]) =>
 *   Promise.all(ids.map((requestId) => queue.cancel("acme/app", { requestId })));
 * await cancelAll(fal.queue, [requestId]);
 * ```
 */
export interface QueueClient {
  /**
   * Puts a request into the queue.
   * @returns the service's reply, with the `request_id` to keep
   */
  submit<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: SubmitOptions<InputType<Id>>,
  ): Promise<InQueueQueueStatus>;
  /** Fetches the status of a request. */
  status(endpointId: string, options: QueueStatusOptions): Promise<QueueStatus>;
  /** Gives each status of a request as the service sends it, up to `COMPLETED`. */
  streamStatus(
    endpointId: string,
    options: QueueStatusStreamOptions,
  ): Promise<FalStream<unknown, QueueStatus>>;
  /**
   * Follows a request that was submitted before.
   * @returns its last status. With `logs`, it has all the logs; with `mode: "streaming"`, only those of
   * the stream's last event
   */
  subscribeToStatus(
    endpointId: string,
    options: QueueStatusSubscriptionOptions,
  ): Promise<CompletedQueueStatus>;
  /** Fetches the result of a completed request. If the request failed, rejects with its failure. */
  result<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: RequestOptions,
  ): Promise<Result<OutputType<Id>>>;
  /** Cancels a request. A request that already runs may still complete. */
  cancel(endpointId: string, options: RequestOptions): Promise<void>;
}
