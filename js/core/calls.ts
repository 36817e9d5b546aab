// The calls of the engine, as functions that read the answer and resolve with its value.

import { type AnswerFacts, type CrashFacts, isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import { withAdvice } from "./advice.ts";
import { checkInput } from "./check-input.ts";
import { type Answer, type Given, crash, crashCount, perform } from "./driver.ts";
import type { Engine, EngineGiven, RequestFacts } from "./engine.ts";
import { EventReader } from "./event-reader.ts";
import { statusFacts, textOf } from "./facts.ts";
import { identifyRequest } from "./requests-known.ts";
import type { CallOptions, CoreConfig, FollowOptions, ModelOptions, RequestOptions, StatusBody, SubmitOptions } from "./settings.ts";
import type { UploadUrls } from "./upload/record.ts";

/** A stream's request: of a model, of the statuses of a request, or of a URL. */
export interface StreamOptions extends ModelOptions, RequestOptions {
  url?: unknown;
  /** The token, encoded for a query. A stream with a token bypasses the proxy. */
  token?: string | undefined;
}

/** Options of a request to an upload URL. */
export interface UploadUrlOptions extends CallOptions {
  uploadUrl: string;
  /** The number of the part, from 1. */
  part?: string | undefined;
}

/** The calls. They reject with facts, not exceptions. */
export interface Calls {
  /** Resolves with the answer that holds the result. */
  subscribe(config: CoreConfig, endpointId: unknown, options: SubmitOptions & FollowOptions): Promise<Answer>;
  resume(config: CoreConfig, endpointId: unknown, options: FollowOptions): Promise<Answer>;
  /** Resolves with the last status. */
  follow(config: CoreConfig, endpointId: unknown, options: FollowOptions): Promise<StatusBody>;
  submit(config: CoreConfig, endpointId: unknown, options: SubmitOptions): Promise<unknown>;
  status(config: CoreConfig, endpointId: unknown, options: RequestOptions): Promise<StatusBody>;
  result(config: CoreConfig, endpointId: unknown, options: RequestOptions): Promise<object>;
  cancel(config: CoreConfig, endpointId: unknown, options: RequestOptions): Promise<void>;
  run(config: CoreConfig, endpointId: unknown, options: ModelOptions): Promise<object>;
  /** Resolves with the response, whose body is the stream. */
  open(config: CoreConfig, endpointId: unknown, options: StreamOptions): Promise<Response>;
  token(config: CoreConfig, endpointId: unknown, options: CallOptions): Promise<string>;
  initiateUpload(config: CoreConfig, body: string, options: CallOptions & { isMultipart: boolean }): Promise<UploadUrls>;
  /** Resolves with the etag, if the answer names one. */
  upload(config: CoreConfig, bytes: Blob, options: UploadUrlOptions): Promise<string | undefined>;
  completeUpload(config: CoreConfig, body: string, options: UploadUrlOptions): Promise<unknown>;
  /** Throws facts if the endpoint id is invalid or, with `validate`, if the input of a known model is. */
  check(endpointId: unknown, input: unknown, validate: boolean): void;
  /** The bytes of each part of a file of this size. `undefined` stands for the defaults. */
  partBytes(size: number, threshold?: number, partSize?: number): number;
  /** Whether an event of a status stream counts as a status of the request that is followed. */
  isFollowedStatus(status: unknown, requestId: string): status is StatusBody;
  /** Reads the data of one event stream. */
  eventReader(): EventReader;
  /** Whether the module has crashed. Then it must not be called again. */
  isCrashed(): boolean;
}

/** The calls on an instance of the module. */
export function callsOn(engine: Engine): Calls {
  const before = crashCount();
  const isCrashed = (): boolean => crashCount() > before;

  /** Calls into the module. Any exception is a crash, as exceptions of the caller's own code do not get here. */
  const enter = <T>(work: () => T): T => {
    if (isCrashed()) throw { falCode: "wasm_crashed" } satisfies CrashFacts;
    try {
      return work();
    } catch (cause) {
      crash(cause);
      throw { falCode: "wasm_crashed", cause } satisfies CrashFacts;
    }
  };

  const call = async <Outcome, T>(given: Omit<Given, "engine">, read: (outcome: Outcome) => T): Promise<T> => {
    const { requestId } = given.options;
    try {
      if (isCrashed()) throw { falCode: "wasm_crashed" } satisfies CrashFacts;
      return read((await perform({ ...given, engine })) as Outcome);
    } catch (reason) {
      throw withAdvice(nameRequest(reason, requestId));
    }
  };

  return {
    subscribe: (config, endpointId, options) =>
      call({ config, endpointId, options, timeout: options.timeout, begin: (driver) => engine.subscribe(driver, given(endpointId, options)) }, whole<Answer>),
    resume: (config, endpointId, options) => {
      const begin: Given["begin"] = (driver) => engine.resume(driver, given(endpointId, options), requestFacts(options));
      return call({ config, endpointId, options, timeout: options.timeout, begin }, whole<Answer>);
    },
    follow: (config, endpointId, options) => {
      const begin: Given["begin"] = (driver) => engine.follow(driver, given(endpointId, options), requestFacts(options));
      return call({ config, endpointId, options, timeout: options.timeout, givesStatus: true, begin }, whole<StatusBody>);
    },
    submit: (config, endpointId, options) =>
      call({ config, endpointId, options, timeout: options.timeout, begin: (driver) => engine.submit(driver, given(endpointId, options)) }, bodyOf<unknown>),
    status: (config, endpointId, options) =>
      call({ config, endpointId, options, begin: (driver) => engine.status(driver, given(endpointId, options), requestFacts(options)) }, bodyOf<StatusBody>),
    result: (config, endpointId, options) =>
      call({ config, endpointId, options, begin: (driver) => engine.result(driver, given(endpointId, options), requestFacts(options)) }, resultOf),
    cancel: (config, endpointId, options) =>
      call({ config, endpointId, options, begin: (driver) => engine.cancel(driver, given(endpointId, options), requestFacts(options)) }, () => undefined),
    run: (config, endpointId, options) => call({ config, endpointId, options, begin: (driver) => engine.run(driver, given(endpointId, options)) }, resultOf),
    open: (config, endpointId, options) => {
      const request = options.requestId === undefined ? undefined : requestFacts(options);
      const begin: Given["begin"] = (driver) => engine.stream(driver, given(endpointId, options), request, options.method === "GET");
      return call({ config, endpointId, options, begin }, bodyOf<Response>);
    },
    token: (config, endpointId, options) => call({ config, endpointId, options, begin: (driver) => engine.token(driver, given(endpointId, options)) }, tokenOf),
    initiateUpload: (config, body, options) =>
      call({ config, options, body, begin: (driver) => engine.initiate_upload(driver, options.isMultipart) }, uploadUrlsOf),
    upload: (config, body, options) => call({ config, options, body, begin: (driver) => engine.upload(driver, given(undefined, options)) }, etagOf),
    completeUpload: (config, body, options) =>
      call({ config, options, body, begin: (driver) => engine.complete_upload(driver, given(undefined, options)) }, bodyOf<unknown>),
    check: (endpointId, input, validate) => {
      const refusal = enter(() => checkInput(engine, endpointId, input, validate));
      if (refusal) throw refusal.reason;
    },
    partBytes: (size, threshold, partSize) => enter(() => engine.part_bytes(size, threshold, partSize)),
    isFollowedStatus: (status, requestId): status is StatusBody => {
      const facts = statusFacts(status);
      const named = identifyRequest((status as Fields)?.request_id, requestId);
      return enter(() => engine.is_followed_status(facts.status, facts.isLikeStatus, named));
    },
    eventReader: () => new EventReader(engine, enter),
    isCrashed,
  };
}

type AnyOptions = SubmitOptions & FollowOptions & StreamOptions & Partial<UploadUrlOptions>;

function given(endpointId: unknown, options: Partial<AnyOptions>): EngineGiven {
  const { query = "", logs, pollInterval, followStream, url, uploadUrl, token, part } = options;
  return {
    endpointId: textOf(endpointId) ?? "",
    query,
    logs: Boolean(logs),
    pollIntervalMs: pollInterval == null ? undefined : Number(pollInterval),
    pollsOnly: !followStream,
    url: uploadUrl ?? textOf(url),
    token,
    part,
  };
}

function requestFacts({ requestId, status_url, response_url, cancel_url }: RequestOptions): RequestFacts {
  return { requestId: textOf(requestId), statusUrl: textOf(status_url), responseUrl: textOf(response_url), cancelUrl: textOf(cancel_url) };
}

/** Adds the request id of the call to the facts of a crash. */
export function nameRequest(reason: unknown, requestId: unknown): unknown {
  return isFacts(reason) && reason.falCode === "wasm_crashed" && requestId ? { ...reason, requestId: reason.requestId ?? requestId } : reason;
}

function whole<Outcome>(answer: Outcome): Outcome {
  return answer;
}

function bodyOf<Body>({ body }: Answer<Body>): Body {
  return body;
}

/** The result for the user. Properties that the official client lacks are not enumerable. */
export function resultOf({ response, body, requestId = "" }: Answer, more: object = {}): object {
  // A page of another origin may not see the header; then use the id that the call knows.
  const { headers } = response;
  const result = { data: body, requestId: headers.get("x-fal-request-id") ?? requestId };
  const units = headers.get("x-fal-billable-units");
  const unlisted = { ...more, billableUnits: units === null ? undefined : Number(units) };
  for (const [name, value] of Object.entries(unlisted)) Object.defineProperty(result, name, { value });
  return result;
}

/** The token. Newer services and older proxies wrap it in an object. */
function tokenOf({ body }: Answer<Fields>): string {
  for (const token of [body, body?.token, body?.detail]) if (typeof token === "string") return token;
  throw badAnswer("token", "the answer is no token", body);
}

function uploadUrlsOf({ body }: Answer<Partial<UploadUrls> | null | undefined>): UploadUrls {
  if (typeof body?.upload_url === "string" && typeof body.file_url === "string") return body as UploadUrls;
  throw badAnswer("upload", "the answer names no upload_url and file_url", body);
}

function etagOf({ response, body }: Answer<{ etag?: string } | null | undefined>): string | undefined {
  return body?.etag ?? response.headers.get("etag") ?? undefined;
}

/** The facts of an answer that does not fit the protocol. */
export function badAnswer(operation: string, problem: string, body?: unknown): AnswerFacts {
  return { falCode: "bad_response", operation, problem, body };
}
