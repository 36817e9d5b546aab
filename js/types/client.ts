import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { Config } from "./config.ts";
import type { JournalOptions, PendingOptions, PendingRequest, ResumeOptions } from "./journal.ts";
import type { PendingEntry, Persist } from "./persist.ts";
import type { QueueClient, QueueSubscribeOptions, SubmitOptions } from "./queue.ts";
import type { RealtimeClient } from "./realtime.ts";
import type { Result, RunOptions } from "./request.ts";
import type { StorageClient } from "./storage.ts";
import type { StreamingClient } from "./streaming.ts";

/**
 * A client for fal.ai.
 *
 * @example
 * ```ts
 * const generate = (client: FalClient, prompt: string) => client.subscribe("acme/app", { input: { prompt } });
 * ```
 */
export interface FalClient {
  readonly queue: QueueClient;
  readonly realtime: RealtimeClient;
  readonly storage: StorageClient;
  readonly streaming: StreamingClient;
  /** The `persist` setting of this client. */
  readonly persist?: Persist | undefined;
  /**
   * Runs a model on one connection and gives its result. If the connection is lost, the result
   * is lost and the run is billed: use `subscribe` for all but the fastest models. An abort
   * settles the call. The run goes on, as it has no id to cancel it by.
   *
   * Rejects as `subscribe` does.
   */
  run<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options?: RunOptions<InputType<Id>>,
  ): Promise<Result<OutputType<Id>>>;
  /**
   * Submits a request, follows it to its end and fetches its result.
   *
   * Rejects with `ValidationError` or `ApiError` if the service or the model refuses, with
   * `FalError` if no usable answer comes, with the abort reason, or with a `TimeoutError`. Errors
   * carry the `requestId` if it is known: after a lost connection, `queue.result` fetches the result.
   */
  subscribe<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: SubmitOptions<InputType<Id>> & QueueSubscribeOptions,
  ): Promise<Result<OutputType<Id>>>;
  /** Runs a model and gives its events as they arrive, as `streaming.stream` does. */
  stream: StreamingClient["stream"];
  /**
   * The requests that were submitted with `persist` and whose results were not delivered yet,
   * oldest first. Each has a `state`: `"expired"` if fal no longer keeps its result.
   */
  pending(options?: PendingOptions): Promise<PendingRequest[]>;
  /**
   * Resumes a request: follows it as `subscribe` does, fetches its result, and forgets it. An abort
   * cancels the job. Timings count from the submit.
   *
   * Rejects as `subscribe` does. Also rejects with a `FalError` of code `in_use` if
   * another call or tab follows the request, and of code `expired` if fal no longer knows it.
   * @param request an entry of `pending`, or its request id
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the model's JSON
  resume<Output = any>(request: PendingEntry | string, options?: ResumeOptions): Promise<Result<Output>>;
  /** Forgets a request. Its job goes on. `queue.cancel` cancels the job, and forgets the request, too. */
  forget(request: PendingEntry | string, options?: JournalOptions): Promise<void>;
}

/**
 * A client whose configuration can be replaced.
 *
 * @example
 * ```ts
 * const configure = (client: SingletonFalClient) => client.config({ proxyUrl: "/api/fal/proxy" });
 * ```
 */
export interface SingletonFalClient extends FalClient {
  /** Replaces the whole configuration, for the calls that follow. */
  config(config: Config): void;
}
