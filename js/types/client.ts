import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { Config } from "./config.ts";
import type { JournalOptions, PendingEntry, PendingOptions, PendingRequest, ResumeOptions } from "./journal.ts";
import type { QueueClient, QueueSubscribeOptions, SubmitOptions } from "./queue.ts";
import type { RealtimeClient } from "./realtime.ts";
import type { Result, RunOptions } from "./request.ts";
import type { StorageClient } from "./storage.ts";
import type { StreamingClient } from "./streaming.ts";

/** A client for fal.ai. */
export interface FalClient {
  readonly queue: QueueClient;
  readonly realtime: RealtimeClient;
  readonly storage: StorageClient;
  readonly streaming: StreamingClient;
  /**
   * Runs a model on one connection and gives its result. A lost connection loses the
   * result, and the run is billed: `subscribe` is right for all but the fastest models. An
   * abort settles the call; the run goes on, as it has no id to cancel it by.
   *
   * Rejects as {@link FalClient.subscribe} does.
   */
  run<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options?: RunOptions<InputType<Id>>,
  ): Promise<Result<OutputType<Id>>>;
  /**
   * Submits a request, follows it to its end and fetches its result.
   *
   * Rejects with `ValidationError` or `ApiError` where the service or the model refuses,
   * with `FalError` where no usable answer comes, with the abort reason or a
   * `TimeoutError`. Errors carry the `requestId` where there is one: after a lost
   * connection, `queue.result` fetches what was paid for.
   */
  subscribe<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: SubmitOptions<InputType<Id>> & QueueSubscribeOptions,
  ): Promise<Result<OutputType<Id>>>;
  /** {@link StreamingClient.stream} */
  stream: StreamingClient["stream"];
  /**
   * The requests that were submitted with `persist` and whose results were not delivered yet,
   * oldest first; those whose results fal has dropped by now are marked.
   */
  pending(options?: PendingOptions): Promise<PendingRequest[]>;
  /**
   * Goes on with a request as `subscribe` would: follows it, fetches its result, and forgets it.
   * An abort cancels the job. Timings count from its submit.
   *
   * Rejects as {@link FalClient.subscribe} does, and with a `FalError` of code `in_use` where
   * another call or tab follows it, of code `expired` where fal knows it no more.
   * @param request an entry of `pending`, or its request id
   */
  resume<Output = any>(request: PendingEntry | string, options?: ResumeOptions): Promise<Result<Output>>;
  /** Forgets a request. Its job goes on: `queue.cancel` ends it, and forgets it too. */
  forget(request: PendingEntry | string, options?: JournalOptions): Promise<void>;
}

/** A client whose configuration can be replaced. */
export interface SingletonFalClient extends FalClient {
  /** Replaces the whole configuration, for the calls that follow. */
  config(config: Config): void;
}
