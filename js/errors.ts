import { type AbortFacts, type Facts, type Finding, type HttpFacts, type InputFacts, isFacts } from "./facts.ts";
import type { Fields } from "./fields.ts";
import type { ValidationErrorInfo } from "./types/request.ts";
import { withoutQuery } from "./without-query.ts";

/**
 * The kind of failure.
 *
 * @example
 * ```ts
 * const messages: Partial<Record<FalErrorCode, string>> = { network: "The connection was lost.", expired: "Too old." };
 * ```
 */
export type FalErrorCode =
  | "http"
  | "job_failed"
  | "invalid_input"
  | "invalid_argument"
  | "network"
  | "bad_response"
  | "in_use"
  | "expired"
  | "detached"
  | "store_unavailable"
  | "wasm_blocked"
  | "wasm_unavailable"
  | "wasm_crashed";

interface FalErrorArgs {
  message: string;
  code?: FalErrorCode;
  requestId?: string | undefined;
  cause?: unknown;
  jobMayExist?: boolean;
}

/** Marks an error with the names of its classes. Every copy of this package finds the mark by this registered symbol. */
const KINDS: unique symbol = Symbol.for("fal-wasm.error");

/** Names an error after its class, and marks it as one for the other copies of this package. */
function setKind(error: FalError, name: string): void {
  error.name = name;
  Object.defineProperty(error, KINDS, { value: [...(error[KINDS] ?? []), name], configurable: true });
}

/** Whether a value is an error of a class of this package with this name, of this copy or another. */
function isOfKind(value: unknown, name: string): boolean {
  return Boolean((value as Partial<FalError> | undefined)?.[KINDS]?.includes(name));
}

/**
 * The base class of this package's errors; `code` says which kind. Its `message` holds no request id.
 *
 * @example
 * ```ts
 * try {
 *   await fal.subscribe("acme/app", { input });
 * } catch (error) {
 *   if (error instanceof FalError && error.code === "network") fetchLater(error.requestId);
 *   else throw error;
 * }
 * ```
 */
export class FalError extends Error {
  // Error reporters may show `constructor.name`, and minifiers rename classes.
  static override readonly name: string = "FalError";

  /**
   * A program may hold two copies of this package, such as one by `import` and one by `require`. The errors of one are
   * instances of the other's classes, too.
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (super[Symbol.hasInstance](value)) return true;
    // A class that the caller derives has instances of its own only.
    return [FalError, SubmitUncertainError, ApiError, ValidationError].includes(this) && isOfKind(value, this.name);
  }

  /** @internal */
  declare readonly [KINDS]?: string[];
  /** The kind of failure, to branch on. */
  readonly code: FalErrorCode;
  /** The request's id, empty if it is unknown. Its job may still be running. */
  readonly requestId: string;
  /**
   * A submit, a run or the start of a stream failed, and its job may exist and be billed: the answer
   * was lost, was a 5xx, or was no answer of this protocol. The client did not send it again. Also
   * true if the call was detached while its submit was in flight.
   */
  readonly jobMayExist: boolean;

  constructor({ message, code = "http", requestId = "", cause, jobMayExist = false }: FalErrorArgs) {
    super(message, cause === undefined ? undefined : { cause });
    setKind(this, "FalError");
    this.code = code;
    this.requestId = requestId;
    this.jobMayExist = jobMayExist;
  }
}

/**
 * A submit, a run or the start of a stream got no usable answer. Its job may exist and be billed.
 * The client did not send it again, as that could buy a second job; `retry: { submit: "always" }`
 * allows it.
 *
 * @example
 * ```ts
 * try {
 *   await fal.queue.submit("acme/app", { input });
 * } catch (error) {
 *   if (error instanceof SubmitUncertainError) show("The job may run. Look at your dashboard before you try again.");
 *   else throw error;
 * }
 * ```
 */
export class SubmitUncertainError extends FalError {
  static override readonly name: string = "SubmitUncertainError";

  constructor(args: FalErrorArgs) {
    super({ ...args, jobMayExist: true });
    setKind(this, "SubmitUncertainError");
  }
}

interface ApiErrorArgs extends FalErrorArgs {
  status: number;
  body?: any; // oxlint-disable-line typescript/no-explicit-any -- whatever the service answers
  timeoutType?: string | undefined;
}

/**
 * The service, or the model behind it, answered with an error.
 *
 * @example
 * ```ts
 * try {
 *   await fal.run("acme/app", { input });
 * } catch (error) {
 *   if (error instanceof ApiError && error.status === 401) show("Sign in again.");
 *   else throw error;
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the service answers, as in the official types
export class ApiError<Body = any> extends FalError {
  static override readonly name: string = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The answer's body: parsed if it is JSON, otherwise its text. */
  readonly body: Body;
  /** `"user"` if the caller's own `startTimeout` ran out. */
  readonly timeoutType?: string;

  constructor(args: ApiErrorArgs) {
    super(args);
    setKind(this, "ApiError");
    this.status = args.status;
    this.body = args.body;
    if (args.timeoutType !== undefined) this.timeoutType = args.timeoutType;
  }

  /** Whether the caller's own `startTimeout` ran out. */
  get isUserTimeout(): boolean {
    return this.status === 504 && this.timeoutType === "user";
  }
}

/**
 * The service refused the input, or this package did before it sent anything.
 *
 * @example
 * ```ts
 * try {
 *   await fal.run("acme/app", { input });
 * } catch (error) {
 *   if (error instanceof ValidationError) show(error.getFieldErrors("prompt")[0]?.msg);
 *   else throw error;
 * }
 * ```
 */
export class ValidationError extends ApiError<{ detail: ValidationErrorInfo[] }> {
  static override readonly name: string = "ValidationError";

  constructor(args: ApiErrorArgs) {
    super(args);
    setKind(this, "ValidationError");
  }

  /** Every finding. */
  get fieldErrors(): ValidationErrorInfo[] {
    const detail: unknown = this.body?.detail;
    if (typeof detail === "string") {
      return [{ loc: ["body"], msg: detail, type: "value_error" }];
    }
    return Array.isArray(detail) ? detail : [];
  }

  /** The findings about one field. */
  getFieldErrors(field: string): ValidationErrorInfo[] {
    return this.fieldErrors.filter((error) => Array.isArray(error?.loc) && error.loc.at(-1) === field);
  }
}

/**
 * Whether a value is an error of this package, of this copy or another one in the program.
 *
 * @example
 * ```ts
 * const reason = await fal.run("acme/app", { input }).catch((error: unknown) => error);
 * if (isFalError(reason)) show(reason.code);
 * ```
 */
export function isFalError(value: unknown): value is FalError {
  return value instanceof FalError;
}

const MAX_QUOTED = 300;
/** A shorter request id may occur within ordinary words, so it is not replaced in texts. */
const SHORTEST_ID = 8;
/** The form of fal's request ids. */
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi;
/** The functions that send an input to a model. */
const SUBMITTING = /^(submit|subscribe|run|stream)$/;

/**
 * Turns the facts of a failure into an exception. Any other value, such as an error of the caller's
 * own code, stays as it is.
 * @param call the function of the package that the user called
 * @internal
 */
export function toError(reason: unknown, call = ""): unknown {
  if (!isFacts(reason)) return reason;
  const facts: Facts = { ...reason, call };
  const { falCode: code, requestId, cause } = facts;
  switch (code) {
    case "http":
      return httpError(facts);
    case "job_failed":
      return new ApiError({
        ...facts,
        code,
        status: 500,
        message: `${withoutIds(facts.problem, facts)} (the request completed with an error)`,
        body: { detail: facts.problem, error_type: facts.errorType, output: facts.body },
      });
    case "invalid_input":
      return inputError(facts);
    case "timeout":
      return domException(`Timed out after ${facts.timeoutMs} ms`, "TimeoutError", requestId);
    case "aborted":
      return abortError(facts);
    default: {
      const Kind = isUncertain(facts) ? SubmitUncertainError : FalError;
      const jobMayExist = code === "detached" && isInFlight(facts);
      return new Kind({ message: sentence(facts), code, requestId, cause, jobMayExist });
    }
  }
}

const MAY_EXIST = ". It may have arrived, so it was not sent again: a second job would be billed";

function isUncertain(facts: Facts): boolean {
  const { falCode, isUnsent } = facts;
  return isPaid(facts) && !isUnsent && /^(network|bad_response|wasm_crashed)$/.test(falCode);
}

/** Whether the failed operation may be billed: a submit, a run, or a model's own stream. */
function isPaid({ operation, call, requestId }: Facts): boolean {
  return operation === "submit" || (!requestId && operation === call && /^(run|stream)$/.test(operation!));
}

/** Whether the caller left the call while its submit was in flight. */
function isInFlight({ operation, requestId }: Facts): boolean {
  return operation === "submit" && !requestId;
}

function sentence(facts: Facts): string {
  const { falCode, argument, problem, operation, field } = facts;
  const place = field ? ` (${field})` : "";
  if (falCode === "in_use" || falCode === "expired" || falCode === "store_unavailable") return problem;
  if (falCode === "detached") {
    if (facts.requestId) return "The call was detached from its job, which goes on";
    return isInFlight(facts) ? "The call was detached while its submit was in flight: the job may exist, and goes on" : "The call was detached before its submit. Nothing was submitted";
  }
  if (falCode === "wasm_crashed") {
    const fate = isUncertain(facts) ? "The request may have arrived: another one might be billed as a second job" : "A job that was submitted goes on";
    return `The WebAssembly of fal-wasm crashed; the next call gets a new one. ${fate}`;
  }
  if (falCode === "invalid_argument") {
    return `${argument}: ${clause(problem, facts)}${givenWords(facts)}${isBeforeSubmit(facts) ? ". Nothing was submitted" : ""}`;
  }
  if (falCode === "bad_response") {
    const said = clause(reasonIn(facts.body as Fields, facts), facts);
    const words = said ? ` (it says: ${said})` : "";
    return `Unexpected answer to ${operation}${place}: ${problem}${words}. ${withoutIds(facts.advice ?? "Is a proxy or a login page in between?", facts)}`;
  }
  const why = clause((facts.cause as Fields)?.message, facts) || "the connection failed";
  return `No answer to ${operation}${place}${serverWords(facts)}: ${why}${adviceAfterLoss(facts)}`;
}

/** The server that did not answer: the proxy's URL, or the host. Other parts of URLs may hold secrets. */
function serverWords(facts: Facts): string {
  const { url = "", isRouted } = facts.request ?? {};
  const server = isRouted ? withoutQuery(url) : hostOf(url);
  return server ? ` from ${withoutIds(server, facts)}` : "";
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}

/** Quotes the wrong argument. Of a request id it gives the length only, as messages hold no ids. */
function givenWords(facts: Facts): string {
  if (!("given" in facts)) return "";
  const { argument, given } = facts;
  const isId = argument === "requestId" && typeof given === "string" && given;
  return `, got ${isId ? `a text of ${given.length} characters` : quote(given)}`;
}

/** Whether a call that submits ended before its submit. */
function isBeforeSubmit({ call = "", operation = call, requestId }: Facts): boolean {
  return SUBMITTING.test(call) && SUBMITTING.test(operation) && !requestId;
}

function adviceAfterLoss(facts: Facts): string {
  const { call = "", requestId } = facts;
  // The service keeps the result of a request, but not the result of a run or a stream.
  const isKept = requestId && !/^(run|stream)$/.test(call);
  if (isKept) return ". The job may still be running: fetch its result with this error's requestId";
  return isUncertain(facts) ? MAY_EXIST : "";
}

function httpError(facts: HttpFacts): ApiError {
  const { status = 0, body, field } = facts;
  const why = reasonIn(body as Fields, facts) || facts.statusText || "no reason given";
  const place = field ? ` of ${field}` : "";
  // Without a JSON object, a 5xx of a run may come from a gateway while the model runs.
  const isHalfway = typeof body !== "object" || facts.operation === "submit";
  const jobMayExist = status >= 500 && isPaid(facts) && isHalfway;
  const advice = jobMayExist ? MAY_EXIST : facts.advice ? `. ${withoutIds(facts.advice, facts)}` : "";
  const message = `${why} (HTTP ${status} from ${facts.operation}${place})${advice}`;
  const Kind = status === 422 ? ValidationError : ApiError;
  return new Kind({ ...facts, code: "http", status, message, jobMayExist });
}

/**
 * A foreign text without request ids. Programs search messages for HTTP statuses, and an id may
 * contain the same digits.
 */
function withoutIds(text: unknown, { requestId = "" }: Facts): string {
  const words = String(text ?? "").replaceAll(UUID, "…");
  return shorten(requestId.length < SHORTEST_ID ? words : words.replaceAll(requestId, "…"));
}

/** The same without its full stop, for use within a sentence. */
function clause(text: unknown, facts: Facts): string {
  return withoutIds(text, facts).replace(/\.$/, "");
}

/** The service's own words in an error body. */
function reasonIn(body: Fields, facts: Facts): string {
  const detail = body?.detail;
  const first = Array.isArray(detail) ? detail[0] : undefined;
  if (typeof first?.msg === "string") return withoutIds(fieldMessage(first), facts);
  const text = [detail, first, body?.message, body?.error, body].find((it) => typeof it === "string");
  // A gateway's error page tells less than the HTTP status.
  return text && !text.trimStart().startsWith("<") ? withoutIds(text, facts) : "";
}

function fieldMessage({ loc, msg }: { loc?: unknown; msg?: unknown }): string {
  // Other values are left out: they may throw when converted to text, or contain themselves.
  const isName = (part: unknown) => typeof part === "string" || typeof part === "number";
  const field = Array.isArray(loc) ? loc.filter((part, at) => isName(part) && (at > 0 || part !== "body")).join(".") : "";
  return shorten(field ? `${field}: ${msg}` : String(msg));
}

function inputError(facts: InputFacts): ValidationError {
  const detail = facts.body.detail;
  for (const finding of detail) finding.msg ??= inputMessage(finding);
  const more = detail.length > 1 ? ` (and ${detail.length - 1} more)` : "";
  return new ValidationError({
    ...facts,
    code: "invalid_input",
    status: 422,
    message: `${fieldMessage(detail[0]!)}${more}. Nothing was sent to ${facts.endpointId}; validate: false sends it unchecked`,
  });
}

function inputMessage({ type, ctx, input }: Finding): string {
  if (type === "missing") return "Field required";
  const expected =
    type === "one_of"
      ? `be one of ${ctx.expected!.map(quote).join(", ")}`
      : type === "greater_than_equal"
        ? `be greater than or equal to ${ctx.ge}`
        : type === "less_than_equal"
          ? `be less than or equal to ${ctx.le}`
          : type === "int_type"
            ? "be a whole number"
            : "be a string";
  return `Input should ${expected}, got ${quote(input)}`;
}

function quote(value: unknown): string {
  if (typeof value === "string") return shorten(JSON.stringify(value));
  // Converting an object to text may throw.
  return typeof value === "object" && value ? "an object" : shorten(String(value));
}

function shorten(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

/** The signal's reason. If the request is known, a copy with its id, as one signal may end many calls. */
function abortError({ reason, requestId }: AbortFacts): unknown {
  if (reason && !requestId) return reason;
  const { message = "The call was aborted", name = "AbortError" } = reason ?? {};
  return domException(message, name, requestId);
}

function domException(message: string, name: string, requestId?: string): DOMException {
  return Object.assign(new DOMException(message, name), requestId ? { requestId } : {});
}
