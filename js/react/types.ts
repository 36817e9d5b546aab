// The types of the hook. They name no type of React's, so that they fit every version of it.

import type { FalClient, Progress, QueueSubscribeOptions, RequestLog, Result, SubmitOptions } from "../types.ts";

/** Options of `subscribe` that the hook sets itself. */
type OwnOptions = "input" | "abortSignal" | "detachSignal" | "onEnqueue" | "onQueueUpdate" | "onProgress";

/**
 * Options of `useFal`: those of `fal.subscribe`, and two of its own. `logs` and `persist` are on unless you
 * turn them off, here or (`persist`) in the client's configuration.
 *
 * @example
 * const options: UseFalOptions = { key: "cover", priority: "low", timeout: 300_000 };
 */
export interface UseFalOptions extends Omit<SubmitOptions<unknown> & QueueSubscribeOptions, OwnOptions> {
  /**
   * Names the job. Components with the same endpoint and the same key show the same job. After a reload the key
   * finds the job again, so it must stay the same. @default one key for each endpoint
   */
  readonly key?: string | undefined;
  /** The client that runs the job. @default `fal` of `fal-wasm` */
  readonly client?: FalClient | undefined;
}

/**
 * Options of one `run`. They override those of the hook. A `label` names the job for after a reload, and the
 * hook gives it back.
 *
 * @example
 * run({ prompt }, { label: { prompt } } satisfies RunJobOptions);
 */
export interface RunJobOptions extends Omit<UseFalOptions, "key" | "client" | "persist"> {}

/** The fields that a job has in each state. */
interface JobFields {
  /** The id of the request, once it is in the queue. */
  readonly requestId: string | undefined;
  /** The last report of the call's progress; `phase` says whether it uploads, waits, runs or reconnects. */
  readonly progress: Progress | undefined;
  /** All log entries of the model so far. */
  readonly logs: readonly RequestLog[];
  /** The `label` that `run` was given, also after a reload. */
  readonly label: any; // oxlint-disable-line typescript/no-explicit-any -- the app's own JSON
}

/** No job was run yet, or it was cancelled or reset. */
interface IdleJob extends JobFields {
  readonly status: "idle" | "cancelled";
  readonly isRunning: false;
  readonly data: undefined;
  readonly error: undefined;
}

/** The job goes on: it uploads files, waits in the queue or runs. */
interface RunningJob extends JobFields {
  readonly status: "running";
  readonly isRunning: true;
  readonly data: undefined;
  readonly error: undefined;
}

/** The job has given its result. */
interface SuccessfulJob<Output> extends JobFields {
  readonly status: "success";
  readonly isRunning: false;
  readonly data: Output;
  readonly error: undefined;
}

/** The job failed, or its result could not be fetched. */
interface FailedJob extends JobFields {
  readonly status: "error";
  readonly isRunning: false;
  readonly data: undefined;
  readonly error: Error;
}

/**
 * The state of a job. `status` tells the states apart; `data` is there in `"success"`, `error` in `"error"`.
 *
 * @example
 * const videoUrl = (job: FalJob<Kandinsky5VideoOutput>) => (job.status === "success" ? job.data.video.url : undefined);
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known gives any JSON
export type FalJob<Output = any> = IdleJob | RunningJob | SuccessfulJob<Output> | FailedJob;

/**
 * The functions of the hook. They stay the same from render to render, and none of them throws or rejects.
 *
 * @example
 * const CancelButton = ({ cancel }: Pick<FalJobActions, "cancel">) => <button onClick={cancel}>Cancel</button>;
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known takes and gives any JSON
export interface FalJobActions<Input = any, Output = any> {
  /**
   * Submits a job and follows it.
   *
   * Only one job of a key runs at a time. While one runs, `run` does nothing and resolves with `undefined`, so
   * that a second click buys no second job. To replace the job, call `cancel` first.
   * @returns the result; `undefined` if the job failed (`error` says why), was cancelled, or goes on without
   * this component
   */
  run(input: Input, options?: RunJobOptions): Promise<Result<Output> | undefined>;
  /** Cancels the job. The state is `"cancelled"` at once. Without a running job, it does nothing. */
  cancel(): void;
  /** Removes the result or the error from the state. While a job runs, it does nothing. */
  reset(): void;
  /**
   * Follows a job that is saved or was left: after a lost connection, the one that failed. Mounting does this by
   * itself. If there is none, it does nothing.
   */
  resume(): void;
}

/**
 * The hook's value: the state of the job, and functions.
 *
 * @example
 * const job: UseFalResult<InputType<"acme/up">, OutputType<"acme/up">> = useFal("acme/up");
 */
// oxlint-disable-next-line typescript/no-explicit-any -- an endpoint that is not known takes and gives any JSON
export type UseFalResult<Input = any, Output = any> = FalJob<Output> & FalJobActions<Input, Output>;
