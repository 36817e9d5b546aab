// Performs one call of the API. The engine decides each step; the driver performs it and reports its outcome.

import type { AnswerFacts, CrashFacts, JobFacts, NetworkFacts, TimeoutFacts } from "../facts.ts";
import { isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import { abortFacts, detachFacts } from "../stop.ts";
import { badArgument, badEndpointId } from "./bad-argument.ts";
import { newController } from "./controllers.ts";
import type { Access, Driver, Engine, EngineCall, FaultName, Freshness, Happening, Method, Notice, Now, OperationName, Reading, StopName } from "./engine.ts";
import { cancelFacts, errorFacts, statusFacts, textOf } from "./facts.ts";
import { type Exchange, type Listener, type Outgoing, exchange } from "./http.ts";
import { identifyRequest, rememberRequest } from "./requests-known.ts";
import type { CoreConfig, FollowOptions, Routed, SubmitOptions } from "./settings.ts";
import { warnOfUnknownOptions } from "./unknown-options.ts";
import { LONGEST_TIMER_MS, delay, isHidden } from "./wait.ts";

/** The operations that are billed. */
const BUYS: readonly string[] = ["submit", "run"];

/** The answer that a call resolves with. The engine has checked its body. */
export interface Answer<Body = unknown> {
  response: Response;
  body: Body;
  /** The id of the call's request. */
  requestId?: string | undefined;
}

/** The arguments of a driver. */
export interface Given {
  engine: Engine;
  config: CoreConfig;
  /** The endpoint id, for the facts of an invalid one. */
  endpointId?: unknown;
  options: FollowOptions & SubmitOptions & { url?: unknown };
  /** Replaces the body of the options. */
  body?: unknown;
  /** The time limit of the call, in milliseconds. Any value but a positive number sets no limit. */
  timeout?: unknown;
  /** Whether the call resolves with the last status instead of an answer. */
  givesStatus?: boolean;
  /** Begins the call. */
  begin(driver: Driver): EngineCall;
}

/** The running calls. */
const live = new Set<CallDriver>();

let crashes = 0;

/** How many instances of the module have crashed. */
export const crashCount = (): number => crashes;

/** Rejects all running calls, as the instance that they run on has crashed and must not be used again. */
export function crash(cause: unknown): void {
  crashes += 1;
  for (const driver of live) driver.crash(cause);
}

/** Performs a call, and settles as the call does: with its answer, or with the last status. */
export function perform(given: Given): Promise<unknown> {
  return new Promise((resolve, reject) => new CallDriver(given, resolve, reject).begin());
}

/** Problems of an answer that is not usable. */
const PROBLEMS: Partial<Record<FaultName, string>> = {
  empty: "the answer is empty",
  page: "the answer is a web page",
  events: "the answer is a stream of events",
  no_json: "the answer is not valid JSON",
  no_status: "the answer has no status of this protocol",
  status_for_result: "the answer is a status, not the result",
  other_request: "the answer is about another request",
  no_request_id: "the answer names no request_id",
};

class CallDriver implements Driver, Listener {
  readonly #given: Given;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  #call: EngineCall | undefined;
  #controller = newController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSettled = false;
  /** The steps that the engine asked for during the current call into it. */
  #effects: Array<() => void> = [];
  /** Counts the steps that were begun. An outcome with an older number is ignored. */
  #turn = 0;
  /** The current operation. */
  #operation: OperationName | undefined;
  #isSending = false;
  /** The HTTP request that was sent last. */
  #request: Routed | undefined;
  #requestId: string | undefined;
  /** The status URL from the reply to the submit. */
  #statusUrl: string | undefined;
  /** A submit or a run that may be billed and has no answer yet. */
  #uncertain: OperationName | undefined;
  #answer: Exchange | undefined;
  #status: unknown;
  /** The facts of the last failure, or an exception of the caller's code. */
  #error: unknown;
  #stopReason: unknown;

  constructor(given: Given, resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
    this.#given = given;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#requestId = textOf(given.options.requestId);
    this.#statusUrl = textOf(given.options.status_url);
  }

  begin(): void {
    const { options, timeout, config } = this.#given;
    const { abortSignal, detachSignal } = options;
    if (abortSignal?.aborted) return this.#endAtOnce(abortFacts(abortSignal.reason));
    if (detachSignal?.aborted) return this.#endAtOnce(detachFacts(this.#requestId));
    warnOfUnknownOptions(config);
    live.add(this);
    abortSignal?.addEventListener?.("abort", this.#abortCall);
    detachSignal?.addEventListener?.("abort", this.#detachCall);
    if (typeof timeout === "number" && timeout > 0 && timeout <= LONGEST_TIMER_MS) {
      this.#timer = setTimeout(() => this.#stop("timed_out", { falCode: "timeout", timeoutMs: timeout } satisfies TimeoutFacts), timeout);
    }
    try {
      this.#call = this.#given.begin(this);
      this.#changeRetry(config);
    } catch (cause) {
      return crash(cause);
    }
    if (this.#requestId !== undefined) rememberRequest(this.#requestId);
    this.#report("started");
  }

  #changeRetry({ retry }: CoreConfig): void {
    if (!retry) return;
    const { maxRetries, baseDelay, maxDelay, backoffMultiplier, enableJitter, submit } = retry;
    this.#call?.changeRetry({
      maxRetries: numberOf(maxRetries),
      baseDelay: numberOf(baseDelay),
      maxDelay: numberOf(maxDelay),
      backoffMultiplier: numberOf(backoffMultiplier),
      enableJitter: enableJitter == null ? undefined : Boolean(enableJitter),
      repeatsSubmit: submit === "always",
    });
  }

  #endAtOnce(reason: unknown): void {
    this.#settle(() => this.#reject(reason));
    this.#leave(false);
  }

  /** Reports to the engine, then performs the steps that it asked for. No step runs while the engine does. */
  #enter(report: (call: EngineCall, ...now: Now) => void): void {
    if (!this.#call) return;
    try {
      report(this.#call, performance.now(), Math.random(), isHidden());
    } catch (cause) {
      return crash(cause);
    }
    for (const effect of this.#effects.splice(0)) effect();
  }

  /** Reports an event without facts to the engine. */
  #report(event: Happening): void {
    this.#enter((call, ...now) => call.happened(event, ...now));
  }

  /** Waits for the outcome of a step and reports it, unless another step was begun meanwhile. */
  #await<T>(coming: Promise<T>, report: (value: T) => void, reportFailure: (reason: unknown) => void): void {
    const turn = ++this.#turn;
    const ifCurrent =
      <V>(then: (value: V) => void) =>
      (value: V): void => {
        if (turn === this.#turn) then(value);
      };
    coming.then(ifCurrent(report), ifCurrent(reportFailure));
  }

  resolve(): void {
    this.#effects.push(() => {
      const value = this.#given.givesStatus ? this.#status : { ...this.#answer, requestId: this.#requestId };
      this.#settle(() => this.#resolve(value));
    });
  }

  reject(fault: FaultName, isFinal: boolean): void {
    this.#effects.push(() => {
      const reason = this.#reasonFor(fault, isFinal);
      this.#settle(() => this.#reject(reason));
    });
  }

  abort(): void {
    this.#effects.push(() => {
      // The outcome of the current step is ignored.
      this.#turn += 1;
      this.#controller.abort();
      this.#controller = newController();
    });
  }

  notify(notice: Notice): void {
    const { onRetry, onAnswer } = this.#given.options;
    this.#effects.push(() => (notice === "retrying" ? onRetry : onAnswer)?.());
  }

  send(
    operation: OperationName,
    method: Method,
    reading: Reading,
    url: string,
    access: Access,
    body: string | undefined,
    deadlineMs: number | undefined,
    freshness: Freshness,
  ): void {
    this.#effects.push(() => this.#send({ operation, method, reading, url, access, deadlineMs, freshness }, body));
  }

  #send(outgoing: Outgoing, ownBody: string | undefined): void {
    const { config, options, body = options.body } = this.#given;
    this.#operation = outgoing.operation;
    this.#isSending = true;
    if (outgoing.operation === "stream") options.onStreamUrl?.(outgoing.url);
    // The caller's method, headers and body belong to the request to the model, or to the upload.
    const isCallers = /^(submit|run|stream|upload)$/.test(outgoing.operation);
    const payload = isCallers ? { method: options.method, headers: options.headers, body } : { body: ownBody };
    const turn = this.#turn + 1;
    this.#await(
      exchange(config, outgoing, payload, this, () => this.#maySend(outgoing, turn)),
      (answer) => {
        this.#isSending = false;
        if ("error" in answer) this.#reportFailure(answer.error, answer);
        else this.#reportAnswer(answer);
      },
      (reason) => {
        this.#isSending = false;
        this.#reportFailure(reason);
      },
    );
  }

  #reportAnswer(answer: Exchange): void {
    const { kind = "text", body, json, response } = answer;
    this.#answer = answer;
    switch (this.#operation) {
      case "submit":
        return this.#reportSubmit(answer);
      case "cancel":
        return this.#enter((call, ...now) => call.cancelAnswered(kind, cancelFacts(body), ...now));
      case "status":
        this.#status = body;
        break;
      default:
    }
    const { status, isLikeStatus, position, hasFailed } = statusFacts(json);
    const header = identifyRequest(response.headers.get("x-fal-request-id"), this.#requestId);
    const requestId = identifyRequest(json?.request_id, this.#requestId);
    this.#enter((call, ...now) => call.answered(kind, status, isLikeStatus, header, requestId, position, hasFailed, ...now));
  }

  #reportSubmit({ kind = "text", body }: Exchange): void {
    const reply = body as Fields;
    const requestId = textOf(reply?.request_id);
    const [statusUrl, responseUrl, cancelUrl] = [reply?.status_url, reply?.response_url, reply?.cancel_url].map(textOf);
    this.#requestId = requestId;
    this.#statusUrl = statusUrl;
    if (requestId !== undefined) rememberRequest(requestId);
    this.#enter((call, ...now) => call.submitted(kind, { requestId, statusUrl, responseUrl, cancelUrl }, ...now));
  }

  #reportFailure(reason: unknown, answer?: Exchange): void {
    this.#error = reason;
    const { config } = this.#given;
    if (answer && (!answer.response.ok || (isFacts(reason) && reason.falCode === "http"))) {
      const facts = errorFacts(answer, config);
      return this.#enter((call, ...now) => call.refused(facts, ...now));
    }
    if (isFacts(reason) && reason.falCode === "network") return this.#reportLoss(reason);
    this.#report("threw");
  }

  #reportLoss({ isOffline, isUnsent }: NetworkFacts): void {
    if (isUnsent) return this.#report(isOffline ? "unsent_offline" : "unsent");
    this.#report(isOffline ? "lost_offline" : "lost");
  }

  wait(ms: number, mayEndEarly: boolean): void {
    this.#effects.push(() => this.#await(delay(ms, this.signal, mayEndEarly), this.#reportDone, this.#reportDone));
  }

  reportSubmitted(): void {
    this.#callBack(this.#given.options.onSubmitted, () => this.#answer?.body);
  }

  reportStatus(): void {
    this.#callBack(this.#given.options.onQueueUpdate, () => this.#status);
  }

  #callBack(callback: unknown, value: () => unknown): void {
    this.#effects.push(() => {
      const run = async (): Promise<unknown> => (typeof callback === "function" ? callback(value(), this.signal) : undefined);
      this.#await(run(), this.#reportDone, this.#reportCallback);
    });
  }

  followStream(url: string, access: Access): void {
    this.#effects.push(() => {
      const { followStream } = this.#given.options;
      const open = (signal: AbortSignal): Promise<Response> => this.#openStream(url, access, signal);
      const followed = { url, status_url: this.#statusUrl, requestId: this.#requestId!, open };
      const read = async (): Promise<unknown> => followStream?.(followed, this.signal);
      this.#await(read(), this.#reportStreamEnd, (reason) => {
        if (isFacts(reason) && reason.falCode === "network") this.#reportLoss(reason);
        else this.#reportCallback(reason);
      });
    });
  }

  /** Whether a request may still be sent after the middleware. A step that was given up sends nothing; a settled call, only its cancel. */
  #maySend({ operation }: Outgoing, turn: number): boolean {
    return turn === this.#turn && (!this.#isSettled || operation === "cancel");
  }

  async #openStream(url: string, access: Access, signal: AbortSignal): Promise<Response> {
    const outgoing: Outgoing = { operation: "stream", method: "GET", reading: "stream", url, access, deadlineMs: undefined, freshness: "usual" };
    const quiet = { onRequest() {}, onSend() {}, onRefusal() {}, onAnswer() {} };
    const listener: Listener = { ...quiet, isFalUrl: this.isFalUrl, signal, callerSignal: undefined };
    const headers = { accept: "application/json, text/event-stream" };
    const answer = await exchange(this.#given.config, outgoing, { headers }, listener, () => !signal.aborted);
    if ("error" in answer) throw answer.error;
    return answer.response;
  }

  readonly #reportDone = (): void => this.#report("done");

  readonly #reportCallback = (reason: unknown): void => {
    this.#error = reason;
    this.#operation = undefined;
    this.#report("callback_threw");
  };

  readonly #reportStreamEnd = (last: unknown): void => {
    if (last === undefined) return this.#report("stream_ended");
    this.#status = last;
    const { status, position, hasFailed } = statusFacts(last);
    this.#enter((call, ...now) => call.streamEnded(status, position, hasFailed, ...now));
  };

  end(isCancelled: boolean): void {
    this.#effects.push(() => this.#leave(isCancelled));
  }

  readonly #abortCall = (): void => this.#stop("aborted", abortFacts(this.#given.options.abortSignal?.reason));
  readonly #detachCall = (): void => this.#stop("detached", detachFacts(this.#requestId));

  /** Stops the call in a microtask, as a callback of the call itself may be the one that stops it. */
  #stop(how: StopName, reason: unknown): void {
    queueMicrotask(() => {
      if (this.#isSettled) return;
      this.#stopReason = reason;
      this.#report(how);
    });
  }

  #settle(settle: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    const { abortSignal, detachSignal } = this.#given.options;
    // A signal may outlive many calls, and would collect a listener for each.
    abortSignal?.removeEventListener?.("abort", this.#abortCall);
    detachSignal?.removeEventListener?.("abort", this.#detachCall);
    settle();
  }

  #leave(isCancelled: boolean): void {
    this.#call?.free();
    this.#call = undefined;
    live.delete(this);
    const { onOver } = this.#given.options;
    if (typeof onOver === "function") onOver(isCancelled);
  }

  crash(cause: unknown): void {
    this.#call = undefined;
    const facts: CrashFacts = { falCode: "wasm_crashed", cause, requestId: this.#requestId, operation: this.#uncertain, request: this.#request };
    this.#settle(() => this.#reject(facts));
    this.#leave(false);
    this.#turn += 1;
    this.#controller.abort();
  }

  /** The reason that the call rejects with. Facts name the request, if it is known. */
  #reasonFor(fault: FaultName, isFinal: boolean): unknown {
    const reason = this.#factsOf(fault);
    // An exception of the caller's own code stays as it is.
    if (!isFacts(reason)) return reason;
    return { ...reason, requestId: reason.requestId ?? this.#requestId, request: this.#request, ...(isFinal && { isFinal }) };
  }

  #factsOf(fault: FaultName): unknown {
    const { endpointId, options } = this.#given;
    const operation = this.#operation;
    const problem = PROBLEMS[fault];
    switch (fault) {
      case "stopped":
        return this.#isSubmitting() ? withOperation(this.#stopReason, "submit") : this.#stopReason;
      case "endpoint_id":
        return badEndpointId(endpointId);
      case "request_id":
        return badArgument("requestId", "must be the request_id that submit returned", { given: options.requestId });
      case "token_url":
        return badArgument("url", "must be one of fal's, to be given a token");
      case "job_failed":
        return this.#jobFailure();
      default:
        return problem === undefined ? withOperation(this.#error, operation) : this.#badAnswer(problem, fault);
    }
  }

  #isSubmitting(): boolean {
    return this.#isSending && this.#operation === "submit";
  }

  #badAnswer(problem: string, fault: FaultName): AnswerFacts {
    const { json, cause, response, body } = this.#answer ?? {};
    // The request of a submit may exist. This id finds it.
    const requestId = this.#operation === "submit" ? (response?.headers.get("x-fal-request-id") ?? undefined) : undefined;
    const shown = fault === "no_request_id" ? body : json;
    return { falCode: "bad_response", operation: fault === "no_request_id" ? "submit" : this.#operation, problem, body: shown, cause, requestId };
  }

  /** The facts of a failed job. Its status may have an error type without a text. */
  #jobFailure(): JobFacts {
    const { error, error_type: errorType } = this.#status as Record<string, unknown>;
    const words = [error, errorType].find((text): text is string => typeof text === "string" && text.trim() !== "");
    return { falCode: "job_failed", problem: words ?? "", errorType, body: this.#answer?.body };
  }

  // The listener of the HTTP request.

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get callerSignal(): AbortSignal | undefined {
    return this.#given.options.abortSignal;
  }

  isFalUrl = (url: string): boolean => {
    try {
      return this.#given.engine.is_fal_url(url);
    } catch (cause) {
      crash(cause);
      return false;
    }
  };

  onRequest(request: Routed): void {
    this.#request = request;
  }

  onSend(operation: OperationName): void {
    if (BUYS.includes(operation)) this.#uncertain = operation;
  }

  onRefusal(operation: OperationName): void {
    if (operation === this.#uncertain) this.#uncertain = undefined;
  }

  onAnswer(operation: OperationName, body: unknown): void {
    this.onRefusal(operation);
    // If the module crashes now, the error names the request.
    if (operation === "submit") this.#requestId = textOf((body as Fields)?.request_id) ?? this.#requestId;
  }
}

/** The value if it is a number, otherwise `undefined`. */
function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
}

/** Adds the operation to facts. A value of the caller's own code stays as it is. */
function withOperation(reason: unknown, operation: OperationName | undefined): unknown {
  return isFacts(reason) && operation ? { ...reason, operation } : reason;
}
