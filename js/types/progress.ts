/** How far a call is. */
export interface Progress {
  /** What is going on: files are sent, the request waits, the model runs, the result is there. */
  readonly phase: "uploading" | "queued" | "running" | "done";
  /**
   * The share of this phase that is done, from 0 to 1: of the bytes, of the line that the
   * request was in at first, of the work as the model's log lines name it in percent.
   * `undefined` where nothing tells.
   */
  readonly progress: number | undefined;
  /** Bytes sent, while uploading. */
  readonly loaded?: number;
  /** Bytes to send, while uploading. */
  readonly total?: number;
  /** Requests ahead of this one, while queued. */
  readonly queuePosition?: number;
}
