// The facts about an answer that the engine decides by.

import type { HttpFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import type { ErrorFacts } from "./engine.ts";
import type { Exchange } from "./http.ts";
import type { CoreConfig } from "./settings.ts";

/** Whether a value is a string with more than whitespace. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** The value if it is a string. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The facts of a status. */
export interface StatusFacts {
  status: string | undefined;
  /** It has the fields of every status. Its `status` may be unknown. */
  isLikeStatus: boolean;
  position: number;
  /** It has an error. Some services send an empty `error` with every status, which does not count. */
  hasFailed: boolean;
}

const NO_STATUS: StatusFacts = { status: undefined, isLikeStatus: false, position: 0, hasFailed: false };

/** The facts of a body that may be a status. */
export function statusFacts(body: unknown): StatusFacts {
  if (typeof body !== "object" || !body) return NO_STATUS;
  const { status, request_id, response_url, queue_position, error, error_type } = body as NonNullable<Fields>;
  return {
    status: textOf(status),
    isLikeStatus: isText(status) && request_id != null && response_url != null,
    position: typeof queue_position === "number" ? queue_position : 0,
    hasFailed: isText(error) || isText(error_type),
  };
}

/** The facts of an HTTP error. */
export function errorFacts({ response, error, hadOwnUrl }: Exchange, { retry }: CoreConfig): ErrorFacts {
  const { headers } = response;
  const body = (error as HttpFacts | undefined)?.body as Fields;
  const listed = retry?.retryableStatusCodes;
  // A refused input in a 200 answer counts with the status of its error.
  const status = response.ok ? (error as HttpFacts).status : response.status;
  const retryAfter = headers.get("retry-after") ?? "";
  return {
    ...bodyFacts(body),
    status,
    isListed: Array.isArray(listed) ? listed.includes(status) : undefined,
    retryAfter,
    retryDateMs: Date.parse(retryAfter) - Date.now(),
    isUserTimeout: headers.get("x-fal-request-timeout-type") === "user",
    namesErrorType: (headers.get("x-fal-error-type") ?? body?.error_type ?? (body?.detail as Fields[] | undefined)?.[0]?.type) !== undefined,
    hadOwnUrl: Boolean(hadOwnUrl),
  };
}

/** The facts of the answer to a cancel. */
export function cancelFacts(body: unknown): ErrorFacts {
  return {
    ...bodyFacts(body as Fields),
    status: 200,
    isListed: undefined,
    retryAfter: "",
    retryDateMs: NaN,
    isUserTimeout: false,
    namesErrorType: false,
    hadOwnUrl: false,
  };
}

type BodyFacts = Pick<ErrorFacts, "isEmpty" | "isText" | "detail" | "bodyStatus" | "hasErrorType" | "hasInputFindings" | "saysSuccess">;

function bodyFacts(body: Fields): BodyFacts {
  const detail = body?.detail;
  return {
    isEmpty: body === undefined || body === null || (body as unknown) === "",
    isText: typeof body === "string",
    detail: textOf(detail) ?? "",
    bodyStatus: textOf(body?.status) ?? "",
    hasErrorType: isText(body?.error_type),
    // A framework's findings about a GET concern its headers or its query.
    hasInputFindings: Array.isArray(detail) && detail.some((finding) => finding?.loc?.[0] === "body"),
    saysSuccess: body?.success === true,
  };
}
