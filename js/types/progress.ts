/**
 * How far a call is, told apart by `phase`. Each report differs from the one before it.
 *
 * `progress` is the share of **this phase** that is done, from 0 to 1, or `undefined` where nothing
 * tells. It starts again with each phase: a bar for the whole call has to add the phases up itself.
 */
export type Progress =
  | UploadingProgress
  | QueuedProgress
  | RunningProgress
  | DoneProgress
  | ReconnectingProgress
  | OfflineProgress;

/** Files of the input are sent. */
export interface UploadingProgress {
  readonly phase: "uploading";
  /** The share of the bytes that is sent. */
  readonly progress: number | undefined;
  /** Bytes sent. */
  readonly loaded: number;
  /** Bytes to send. */
  readonly total: number;
}

/** The request waits for its turn. */
export interface QueuedProgress {
  readonly phase: "queued";
  /** The share of the line that is gone, of the line that the request was in at first. */
  readonly progress: number | undefined;
  /** Requests ahead of this one. */
  readonly queuePosition: number | undefined;
}

/** The model runs. */
export interface RunningProgress {
  readonly phase: "running";
  /** The share of the work, as the model's log lines name it in percent. */
  readonly progress: number | undefined;
}

/** The job has ended. Its result is fetched. */
export interface DoneProgress {
  readonly phase: "done";
  readonly progress: 1;
}

/**
 * The service, or a proxy on the way to it, does not answer, or answers that it cannot now. The client
 * tries again. The next usable answer is followed by a report of the phase that the call is in.
 */
export interface ReconnectingProgress {
  readonly phase: "reconnecting";
  readonly progress: undefined;
  /** When the first try failed, in milliseconds since 1970, as `Date.now()` counts. */
  readonly since: number;
}

/** There is no network. The call goes on when it is back. */
export interface OfflineProgress {
  readonly phase: "offline";
  readonly progress: undefined;
  /** When the network was first missing, in milliseconds since 1970, as `Date.now()` counts. */
  readonly since: number;
}
