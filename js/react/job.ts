// A job as components show it. It outlives them: the page holds it by its client, endpoint and key.

import type { FalError } from "../errors.ts";
import type { FalClient, Persist, PendingEntry, PendingRequest, PendingStore, Progress, QueueStatus, Result } from "../types.ts";
import type { FalJob, UseFalOptions } from "./types.ts";

/** The state before the first job, and on the server. */
export const IDLE: FalJob = {
  status: "idle",
  isRunning: false,
  requestId: undefined,
  progress: undefined,
  logs: [],
  label: undefined,
  data: undefined,
  error: undefined,
};

/** The state when a job begins. */
const RUNNING = { ...IDLE, status: "running", isRunning: true };

/** The call that follows the job now, or looks for a saved one. */
interface Call {
  /** Aborted to leave the job running. */
  readonly leave: AbortController;
  /** Aborted to cancel the job. */
  readonly stop: AbortController;
  /** The client follows the request, so an abort cancels it. */
  isFollowing: boolean;
}

/** Options that the hook sets itself. */
interface OwnOptions {
  readonly abortSignal: AbortSignal;
  readonly detachSignal: AbortSignal;
  onEnqueue(requestId: string): void;
  onProgress(progress: Progress): void;
  onQueueUpdate(status: QueueStatus): void;
}

/** The fields of a job that may change together. */
type Change = Partial<Record<keyof FalJob, unknown>>;

/** A request to resume. Only one that is listed says whether it is followed. */
type Request = PendingEntry & Partial<Pick<PendingRequest, "isFollowed">>;

/** For `resume` without `persist`: a store that holds nothing. */
const NO_STORE: PendingStore = { list: () => [], put() {}, delete() {} };

const jobs = new WeakMap<FalClient, Map<string, Job>>();

/** The job of this client, endpoint and key. */
export function jobOf(client: FalClient, endpointId: string, key: string): Job {
  let ofClient = jobs.get(client);
  if (!ofClient) jobs.set(client, (ofClient = new Map()));
  // An endpoint id holds no space.
  const name = `${endpointId} ${key}`;
  let job = ofClient.get(name);
  if (!job) ofClient.set(name, (job = new Job(client, endpointId, key)));
  return job;
}

/** A job: its state, and the call that follows it. */
export class Job {
  state: FalJob = IDLE;
  readonly #client: FalClient;
  readonly #endpointId: string;
  readonly #key: string;
  readonly #watchers = new Set<() => void>();
  #call: Call | undefined;
  /** When the job was submitted, in milliseconds since 1970. */
  #submittedAt = 0;
  /** Where the last call saves its request. */
  #persist: Persist = false;

  constructor(client: FalClient, endpointId: string, key: string) {
    this.#client = client;
    this.#endpointId = endpointId;
    this.#key = key;
  }

  /** Calls `watcher` after each change of the state. If nobody watched the job, resumes it. */
  watch(watcher: () => void, options: UseFalOptions): () => void {
    this.#watchers.add(watcher);
    if (this.state.isRunning || this.state.status === "idle") void this.resume(options);
    return () => {
      this.#watchers.delete(watcher);
      // StrictMode, or a component that replaces another one, watches again at once.
      queueMicrotask(() => this.#leaveIfUnwatched());
    };
  }

  async run(input: Record<string, unknown>, options: UseFalOptions): Promise<Result<unknown> | undefined> {
    if (this.state.isRunning) return undefined;
    const call = this.#begin(options);
    const { label } = options;
    const saved = { persist: this.#persist, label: { useFal: this.#key, label } };
    this.#show({ ...RUNNING, label });
    return this.#follow(call, {}, (own) => this.#client.subscribe(this.#endpointId, { logs: true, ...options, ...saved, ...own, input }));
  }

  cancel(): void {
    const { isRunning, requestId } = this.state;
    if (!isRunning) return;
    const call = this.#call;
    this.#call = undefined;
    this.#show({ ...IDLE, status: "cancelled" });
    call?.stop.abort();
    // An abort cancels the job only if the call follows it.
    if (requestId && !call?.isFollowing) this.#client.queue.cancel(this.#endpointId, { requestId, persist: this.#persist }).catch(() => {});
  }

  reset(): void {
    if (!this.state.isRunning) this.#show(IDLE);
  }

  async resume(options: UseFalOptions): Promise<void> {
    if (this.#call) return;
    const call = this.#begin(options);
    for (const request of await this.#findRequests()) {
      // Somebody has begun another call, cancelled this one, or left it.
      if (this.#call !== call) return;
      const { requestId, label, submittedAt, isFollowed } = request;
      this.#submittedAt = submittedAt;
      const start = { requestId, label: label?.label };
      // If another tab follows the request, the state stays as it is. A page that was reloaded a moment ago looks like another tab.
      if (!isFollowed && !this.state.isRunning) this.#show({ ...RUNNING, ...start });
      await this.#follow(call, start, (own) => this.#client.resume(request, { logs: true, ...options, ...own, persist: this.#persist || NO_STORE }));
    }
    if (this.#call !== call) return;
    this.#call = undefined;
    if (this.state.isRunning) this.#show(IDLE);
  }

  /** Makes a new call the current one. */
  #begin({ persist = this.#client.persist ?? "indexedDB" in globalThis }: UseFalOptions): Call {
    this.#persist = persist;
    this.#call?.leave.abort();
    return (this.#call = { leave: new AbortController(), stop: new AbortController(), isFollowing: false });
  }

  /** The requests of this job that can be resumed, in the order to try them in. */
  async #findRequests(): Promise<readonly Request[]> {
    const { requestId, status } = this.state;
    const persist = this.#persist;
    // If the store cannot be read, only a job that this page has left can be resumed.
    const saved = persist ? await this.#client.pending({ persist }).catch(() => []) : [];
    if (requestId && status !== "success") {
      const found = saved.find((entry) => entry.requestId === requestId);
      return [found ?? { endpointId: this.#endpointId, requestId, submittedAt: this.#submittedAt }];
    }
    const ours = saved.filter(({ endpointId, label, state }) => endpointId === this.#endpointId && label?.useFal === this.#key && state === "pending");
    // The newest first, but those that another tab follows last.
    return ours.sort((a, b) => Number(a.isFollowed) - Number(b.isFollowed) || b.submittedAt - a.submittedAt);
  }

  /**
   * Performs a call, and shows its reports and its end.
   * @param start the fields of the state before the first report
   * @returns the result, unless the call failed, or is not the current one any more. If another call follows the request, `call`
   * stays the current one
   */
  async #follow(call: Call, start: Change, work: (own: OwnOptions) => Promise<Result<unknown>>): Promise<Result<unknown> | undefined> {
    const isCurrent = (): boolean => this.#call === call;
    const tell = (change: Change): void => {
      if (!isCurrent()) return;
      call.isFollowing = true;
      this.#show({ ...(this.state.isRunning ? this.state : { ...RUNNING, ...start }), ...change });
    };
    const end = (change: Change): void => {
      tell({ ...change, isRunning: false });
      if (isCurrent()) this.#call = undefined;
    };
    try {
      const result = await work({
        abortSignal: call.stop.signal,
        detachSignal: call.leave.signal,
        onProgress: (progress) => tell({ progress }),
        onQueueUpdate: (update) => "logs" in update && tell({ logs: update.logs ?? [] }),
        onEnqueue: (requestId) => {
          this.#submittedAt = Date.now();
          tell({ requestId });
          this.#leaveIfUnwatched();
        },
      });
      if (!isCurrent()) return undefined;
      end({ status: "success", requestId: result.requestId, data: result.data });
      return result;
    } catch (reason) {
      if ((reason as Partial<FalError> | undefined)?.code === "in_use") return undefined;
      end({ status: "error", error: reason instanceof Error ? reason : new Error(String(reason), { cause: reason }) });
      return undefined;
    }
  }

  /** Leaves the job running if no component shows it. */
  #leaveIfUnwatched(): void {
    const { isRunning, requestId } = this.state;
    // Leaving a call before its request has an id would end its uploads, and lose the job.
    if (this.#watchers.size > 0 || (isRunning && !requestId)) return;
    this.#call?.leave.abort();
    this.#call = undefined;
  }

  #show(state: Change): void {
    this.state = state as unknown as FalJob;
    for (const watcher of this.#watchers) watcher();
  }
}
