// The exports of the WebAssembly module. src/wasm.rs documents each function.

export type OperationName = "submit" | "status" | "result" | "cancel" | "run" | "stream" | "token" | "upload";
export type Method = "GET" | "POST" | "PUT";
export type Reading = "json" | "content" | "stream";
export type Access = "key" | "no_key" | "presigned";
export type Freshness = "usual" | "own_urls" | "shared_url_only";
export type Notice = "retrying" | "reached";
export type BodyKind = "json" | "text" | "bytes" | "empty" | "broken" | "page" | "events" | "handled";
export type NamedRequest = "nobody" | "asked" | "known" | "stranger";
export type StopName = "aborted" | "timed_out" | "detached";
export type Happening =
  | "started"
  | "done"
  | "threw"
  | "callback_threw"
  | "stream_ended"
  | "lost"
  | "lost_offline"
  | "unsent"
  | "unsent_offline"
  | StopName;
export type FieldKind = "nothing" | "text" | "number" | "file" | "empty_file" | "other";
export type FaultName =
  | "endpoint_id"
  | "request_id"
  | "token_url"
  | "http_error"
  | "network"
  | "empty"
  | "page"
  | "events"
  | "no_json"
  | "no_status"
  | "status_for_result"
  | "other_request"
  | "no_request_id"
  | "job_failed"
  | "threw"
  | "stopped";

/** Milliseconds of a monotonic clock, a random number in 0..1, and whether the page is hidden. */
export type Now = [ms: number, random: number, isHidden: boolean];

/** Performs the steps of a call. */
export interface Driver {
  resolve(): void;
  reject(fault: FaultName, isFinal: boolean): void;
  abort(): void;
  notify(notice: Notice): void;
  send(
    operation: OperationName,
    method: Method,
    reading: Reading,
    url: string,
    access: Access,
    body: string | undefined,
    deadlineMs: number | undefined,
    freshness: Freshness,
  ): void;
  wait(ms: number, mayEndEarly: boolean): void;
  reportSubmitted(): void;
  followStream(url: string, access: Access): void;
  reportStatus(): void;
  end(isCancelled: boolean): void;
}

/** An HTTP error, or the answer to a cancel. */
export interface ErrorFacts {
  readonly status: number;
  readonly isListed: boolean | undefined;
  readonly retryAfter: string;
  readonly retryDateMs: number;
  readonly isUserTimeout: boolean;
  readonly namesErrorType: boolean;
  readonly hadOwnUrl: boolean;
  readonly isEmpty: boolean;
  readonly isText: boolean;
  readonly detail: string;
  readonly bodyStatus: string;
  readonly hasErrorType: boolean;
  readonly hasInputFindings: boolean;
  readonly saysSuccess: boolean;
}

/** Reads the fields of an input. */
export interface InputReader {
  begin(endpointId: string): void;
  read(field: string): FieldKind;
  text(): string;
  number(): number;
  report(errorType: string, expected: string, bound: number): void;
}

/** The arguments of a call. */
export interface EngineGiven {
  readonly endpointId: string;
  readonly query: string;
  readonly logs: boolean;
  readonly pollIntervalMs?: number | undefined;
  readonly pollsOnly?: boolean;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly part?: string | undefined;
}

/** A request that the caller names, or that the reply to a submit names. */
export interface RequestFacts {
  readonly requestId: string | undefined;
  readonly statusUrl: string | undefined;
  readonly responseUrl: string | undefined;
  readonly cancelUrl: string | undefined;
}

/** The changes of the caller's `retry` option. */
export interface RetryFacts {
  readonly maxRetries: number | undefined;
  readonly baseDelay: number | undefined;
  readonly maxDelay: number | undefined;
  readonly backoffMultiplier: number | undefined;
  readonly enableJitter: boolean | undefined;
  readonly repeatsSubmit: boolean;
}

/** A call that has begun. */
export interface EngineCall {
  changeRetry(changes: RetryFacts): void;
  happened(what: Happening, ...now: Now): void;
  answered(
    body: BodyKind,
    status: string | undefined,
    isLikeStatus: boolean,
    header: NamedRequest,
    requestId: NamedRequest,
    position: number,
    hasFailed: boolean,
    ...now: Now
  ): void;
  submitted(body: BodyKind, request: RequestFacts, ...now: Now): void;
  cancelAnswered(body: BodyKind, facts: ErrorFacts, ...now: Now): void;
  refused(facts: ErrorFacts, ...now: Now): void;
  streamEnded(status: string | undefined, position: number, hasFailed: boolean, ...now: Now): void;
  free(): void;
}

/** The buffer for bytes of event streams. */
export interface EventBuffer {
  address(): number;
  read(state: number, length: number): number;
  readonly state: number;
}

/** The exports. */
export interface Engine {
  subscribe(driver: Driver, given: EngineGiven): EngineCall;
  resume(driver: Driver, given: EngineGiven, request: RequestFacts): EngineCall;
  follow(driver: Driver, given: EngineGiven, request: RequestFacts): EngineCall;
  submit(driver: Driver, given: EngineGiven): EngineCall;
  status(driver: Driver, given: EngineGiven, request: RequestFacts): EngineCall;
  result(driver: Driver, given: EngineGiven, request: RequestFacts): EngineCall;
  cancel(driver: Driver, given: EngineGiven, request: RequestFacts): EngineCall;
  run(driver: Driver, given: EngineGiven): EngineCall;
  stream(driver: Driver, given: EngineGiven, request: RequestFacts | undefined, isRead: boolean): EngineCall;
  token(driver: Driver, given: EngineGiven): EngineCall;
  initiate_upload(driver: Driver, isMultipart: boolean): EngineCall;
  upload(driver: Driver, given: EngineGiven): EngineCall;
  complete_upload(driver: Driver, given: EngineGiven): EngineCall;
  is_fal_url(url: string): boolean;
  check(endpointId: string, input: InputReader | undefined): boolean;
  part_bytes(size: number, threshold: number | undefined, partSize: number | undefined): number;
  is_followed_status(status: string | undefined, isLikeStatus: boolean, requestId: NamedRequest): boolean;
  EventBuffer: new (size: number) => EventBuffer;
  module_memory(): WebAssembly.Memory;
}
