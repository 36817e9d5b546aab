/**
 * The progress of a call; `phase` tells the kinds apart. Each report differs from the one before it.
 *
 * `progress` is the share of **this phase** that is done, from 0 to 1, or `undefined` if it is
 * unknown. It starts again with each phase: a bar for the whole call must add the phases up itself.
 *
 * @example
 * ```ts
 * const onProgress = ({ phase, progress }: Progress) => show(progress === undefined ? phase : `${phase} ${progress * 100} %`);
 * await fal.subscribe("acme/app", { input, onProgress });
 * ```
 */
export type Progress =
  | UploadingProgress
  | QueuedProgress
  | RunningProgress
  | DoneProgress
  | ReconnectingProgress
  | OfflineProgress;

/**
 * Files of the input are being sent.
 *
 * @example
 * ```ts
 * const describe = ({ loaded, total }: UploadingProgress) => `${loaded} of ${total} bytes`;
 * ```
 */
export interface UploadingProgress {
  readonly phase: "uploading";
  /** The share of the bytes that is sent. */
  readonly progress: number | undefined;
  /** Bytes sent. */
  readonly loaded: number;
  /** Bytes to send. */
  readonly total: number;
}

/**
 * The request waits for its turn.
 *
 * @example
 * ```ts
 * const describe = ({ queuePosition }: QueuedProgress) => `${queuePosition ?? "?"} ahead`;
 * ```
 */
export interface QueuedProgress {
  readonly phase: "queued";
  /** The share of the requests ahead at first that are done by now. */
  readonly progress: number | undefined;
  /** Requests ahead of this one. */
  readonly queuePosition: number | undefined;
}

/**
 * The model runs.
 *
 * @example
 * ```ts
 * const draw = ({ progress }: RunningProgress) => (bar.value = progress ?? 0);
 * ```
 */
export interface RunningProgress {
  readonly phase: "running";
  /** The share of the work that is done, read from percentages in the model's logs. */
  readonly progress: number | undefined;
}

/**
 * The job has ended. The client fetches its result.
 *
 * @example
 * ```ts
 * const draw = ({ progress }: DoneProgress) => (bar.value = progress);
 * ```
 */
export interface DoneProgress {
  readonly phase: "done";
  readonly progress: 1;
}

/**
 * The service or a proxy does not answer, or answers that it is unavailable. The client retries. After
 * the next usable answer, it reports the phase of the call again.
 *
 * @example
 * ```ts
 * const describe = ({ since }: ReconnectingProgress) => `No answer for ${Date.now() - since} ms`;
 * ```
 */
export interface ReconnectingProgress {
  readonly phase: "reconnecting";
  readonly progress: undefined;
  /** When the first try failed, in milliseconds since 1970, as `Date.now()` counts. */
  readonly since: number;
}

/**
 * The device is offline. The call goes on when the network is back.
 *
 * @example
 * ```ts
 * const describe = ({ since }: OfflineProgress) => `Offline since ${new Date(since).toLocaleTimeString()}`;
 * ```
 */
export interface OfflineProgress {
  readonly phase: "offline";
  readonly progress: undefined;
  /** When the device went offline, in milliseconds since 1970, as `Date.now()` counts. */
  readonly since: number;
}
