// The facts of a failure, as plain data. The core and the journal reject with them, and errors.ts makes exceptions of
// them.

import type { Routed } from "./core/settings.ts";
import type { Fields } from "./fields.ts";

/** The facts of a failure. `falCode` tells the kinds apart. */
export type Facts =
  | HttpFacts
  | JobFacts
  | InputFacts
  | ArgumentFacts
  | NetworkFacts
  | AnswerFacts
  | TimeoutFacts
  | AbortFacts
  | DetachFacts
  | CrashFacts
  | ProblemFacts;

/** The facts that a failure of any kind may have. They are added on the way to the caller. */
interface CommonFacts {
  /** The function of the package that the user called. */
  call?: string | undefined;
  /** The operation of the protocol that failed. */
  operation?: string | undefined;
  requestId?: string | undefined;
  /** The HTTP request that was sent last. */
  request?: Routed | undefined;
  /** The field of the input that holds the file. */
  field?: string | undefined;
  /** The name of an invalid argument. */
  argument?: string | undefined;
  problem?: string | undefined;
  /** Advice about a proxy or another server. */
  advice?: string | undefined;
  /** The HTTP status. */
  status?: number | undefined;
  body?: unknown;
  cause?: unknown;
  /** The request certainly did not leave this machine. */
  isUnsent?: boolean;
  /** The request has failed for good, so that nothing is left to resume. */
  isFinal?: boolean;
  /** The upload URL has expired. */
  isGone?: boolean;
}

/** An HTTP error. */
export interface HttpFacts extends CommonFacts {
  falCode: "http";
  status: number;
  statusText?: string;
  timeoutType?: string | undefined;
}

/** The request was completed with an error. */
export interface JobFacts extends CommonFacts {
  falCode: "job_failed";
  problem: string;
  errorType: unknown;
}

/** The input of a known model is invalid. */
export interface InputFacts extends CommonFacts {
  falCode: "invalid_input";
  endpointId: string;
  body: { detail: Finding[] };
}

/** One finding of a validation error (protocol §10.1). Mostly without `msg`, which errors.ts writes. */
export interface Finding {
  loc: string[];
  type: string;
  ctx: { expected?: string[]; ge?: number; le?: number };
  input: unknown;
  msg?: string;
}

/** An argument is invalid. */
export interface ArgumentFacts extends CommonFacts {
  falCode: "invalid_argument";
  argument: string;
  problem: string;
  /** The argument's value, if the message quotes it. */
  given?: unknown;
}

/** A request got no answer. */
export interface NetworkFacts extends CommonFacts {
  falCode: "network";
  cause: unknown;
  isOffline?: boolean;
}

/** An answer does not fit the protocol. */
export interface AnswerFacts extends CommonFacts {
  falCode: "bad_response";
  problem: string;
}

/** The caller's time limit ran out. */
export interface TimeoutFacts extends CommonFacts {
  falCode: "timeout";
  timeoutMs: number;
}

/** The caller aborted the call without a reason of its own. */
export interface AbortFacts extends CommonFacts {
  falCode: "aborted";
  /** The default reason of the signal that ended the call. */
  reason: DOMException | undefined;
}

/** The caller left the call, and its request goes on. */
export interface DetachFacts extends CommonFacts {
  falCode: "detached";
}

/** The WebAssembly crashed. */
export interface CrashFacts extends CommonFacts {
  falCode: "wasm_crashed";
}

/** A problem with a saved request, or with the store. */
export interface ProblemFacts extends CommonFacts {
  falCode: "in_use" | "expired" | "store_unavailable";
  problem: string;
}

/** Whether a reason is the facts of a failure. Otherwise it is an exception, such as one of the caller's own code. */
export function isFacts(reason: unknown): reason is Facts {
  return typeof (reason as Fields)?.falCode === "string";
}
