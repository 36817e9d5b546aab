// The errors of a connection. Each message says what happened, on which endpoint, and how to fix it.

import type { ApiError } from "../errors.ts";
import type { Fields } from "../fields.ts";

/** The arguments of an `ApiError`. */
export type Problem = ConstructorParameters<typeof ApiError>[0];

/** The close code that the browser gives if no close frame came. */
export const ABNORMAL_CLOSURE = 1006;

const textOf = (reason: unknown): string => String((reason as Fields)?.message ?? reason).replace(/\.$/, "");

/** The socket was closed with a code other than a normal closure. The status is that code. */
export function closeProblem(endpoint: string, code: number, reason: string, wasOpen: boolean): Problem {
  const advice = wasOpen
    ? "The next send connects again"
    : "Is it a realtime endpoint, does the token cover it, and does the page's Content-Security-Policy allow connect-src wss://fal.run?";
  const event = wasOpen ? "was closed" : "could not be opened";
  const why = reason ? `: ${textOf(reason)}` : "";
  return { code: "network", status: code, message: `The connection to ${endpoint} ${event}${why} (code ${code}). ${advice}` };
}

/** The token could not be fetched, so no socket was opened. */
export function tokenFailure(endpoint: string, cause: unknown): Problem {
  const { status = 401, body, requestId } = (cause as Partial<ApiError> | null | undefined) ?? {};
  const message = `No token for ${endpoint}: ${textOf(cause)}. Check tokenProvider, or give one`;
  return { status: typeof status === "number" ? status : 401, body, requestId, message, cause };
}

/** The service refused a token, and then a new one, too. */
export function secondRefusal(endpoint: string): Problem {
  const message = `The service refused a new token for ${endpoint}, too (Unauthorized). Do the tokens of tokenProvider cover this endpoint?`;
  return { status: 401, body: { status: "error", error: "Unauthorized" }, message };
}

/** The service sent an error. */
export function fromService(endpoint: string, reason: string, body: unknown): Problem {
  return { status: 400, body, requestId: (body as { request_id?: string } | null | undefined)?.request_id, message: `${reason} (from ${endpoint})` };
}

/** A message cannot be decoded. */
export function undecodable(endpoint: string, cause: unknown): Problem {
  return { code: "bad_response", status: 400, message: `A message from ${endpoint} could not be decoded: ${textOf(cause)}`, cause };
}

/** An input cannot be encoded, which was found after `send` returned. */
export function unencodable(endpoint: string, cause: unknown): Problem {
  return { code: "invalid_argument", status: 400, message: `An input for ${endpoint} could not be encoded: ${textOf(cause)}. It was not sent`, cause };
}

/** The caller's `onResult` threw. */
export function thrownByCallback(endpoint: string, cause: unknown): Problem {
  return { code: "invalid_argument", status: 400, message: `onResult of ${endpoint} threw: ${textOf(cause)}. The connection goes on`, cause };
}

/** The runtime has no WebSocket. */
export function noWebSocket(endpoint: string): Problem {
  const message = `No connection to ${endpoint}: this runtime has no WebSocket. Use Node 22 or newer, or set globalThis.WebSocket before the first send`;
  return { code: "network", status: 500, message };
}
