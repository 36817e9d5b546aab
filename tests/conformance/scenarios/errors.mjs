// Every documented error body and status (protocol §3.2, §10), as answers to a result request.
import { APP, REQUEST_ID, result } from "../page/wire.mjs";

const ask = ({ client }) => client().queue.result(APP, { requestId: REQUEST_ID });
const error = (id, status, body, more) => ({
  id: `error-${id}`,
  what: `HTTP ${status}: ${id.replaceAll("-", " ")}`,
  pace: 0.01,
  answers: [result(body, { status, times: 9, ...more })],
  run: ask,
  check({ ours, assert }) {
    const { message } = ours.outcome.thrown["«error»"];
    assert.ok(message.includes(reasonOf(body)), `${message} does not say: ${reasonOf(body)}`);
    assert.match(message, new RegExp(`HTTP ${status}`));
  },
});

/** The service's own words. The error's message must contain them. */
function reasonOf(body) {
  if (typeof body !== "object") return "";
  const { detail, message } = body;
  return (Array.isArray(detail) ? detail[0].msg : detail) ?? message ?? "";
}

const FAILURES = [
  error("wrong-key", 401, { detail: "invalid key credentials" }),
  error("no-key", 401, { detail: 'Cannot access application "acme/app". Authentication is required to access this application.' }),
  error("no-key-rest", 401, { detail: "Authorization header is required" }),
  error("not-a-jwt", 401, { detail: "Cannot decode the token's issuer" }),
  error("locked", 403, { detail: "User is locked. Reason: Exhausted balance. Top up your balance." }),
  error("unknown-app", 404, { detail: 'Application "x" not found' }),
  error("unknown-request", 404, { detail: "Request not found" }),
  error("unknown-path", 404, { detail: "Path /x not found" }, { headers: { "x-fal-billable-units": "0" } }),
  error("method-not-allowed", 405, { detail: "Method Not Allowed" }, { headers: { allow: "POST" } }),
  error("framework-500", 500, { detail: "Internal Server Error" }),
  { ...error("gpu-fault", 503, { detail: "GPU fault" }), differs: ["result-patience"] },
  error("cancelled", 499, { detail: "Request was cancelled" }),
  error("user-timeout", 504, { detail: "Request timed out", error_type: "request_timeout" }, { headers: { "x-fal-request-timeout-type": "user", "x-fal-error-type": "request_timeout" } }),
];

/** Each entry: type, status, ctx (protocol §10.1). */
const MODEL_ERRORS = [
  ["internal_server_error", 500],
  ["generation_timeout", 504],
  ["downstream_service_error", 400],
  ["downstream_service_unavailable", 500],
  ["content_policy_violation", 422],
  ["no_media_generated", 422],
  ["image_too_small", 422, { min_height: 256, min_width: 256 }],
  ["image_too_large", 422, { max_height: 4096, max_width: 4096 }],
  ["image_load_error", 422],
  ["file_download_error", 422],
  ["face_detection_error", 422],
  ["file_too_large", 422, { max_size: 1048576 }],
  ["greater_than", 422, { gt: 0 }],
  ["greater_than_equal", 422, { ge: 1 }],
  ["less_than", 422, { lt: 9 }],
  ["less_than_equal", 422, { le: 40 }],
  ["multiple_of", 422, { multiple_of: 8 }],
  ["sequence_too_short", 422, { min_length: 1 }],
  ["sequence_too_long", 422, { max_length: 4 }],
  ["one_of", 422, { expected: ["512P", "1024P"] }],
  ["feature_not_supported", 422],
  ["invalid_archive", 422, { supported_extensions: [".zip"] }],
  ["archive_file_count_below_minimum", 422, { min_count: 4, provided_count: 1, supported_extensions: [".zip"] }],
  ["archive_file_count_exceeds_maximum", 422, { max_count: 4, provided_count: 9, supported_extensions: [".zip"] }],
  ["audio_duration_too_long", 422, { max_duration: 10, provided_duration: 12.5 }],
  ["audio_duration_too_short", 422, { min_duration: 1, provided_duration: 0.5 }],
  ["video_duration_too_long", 422, { max_duration: 10, provided_duration: 12.5 }],
  ["video_duration_too_short", 422, { min_duration: 1, provided_duration: 0.5 }],
  ["unsupported_audio_format", 422, { supported_formats: [".mp3"] }],
  ["unsupported_image_format", 422, { supported_formats: [".png"] }],
  ["unsupported_video_format", 422, { supported_formats: [".mp4"] }],
  ["missing", 422],
  ["string_type", 422],
  ["enum", 422, { expected: "'a' or 'b'" }],
  ["value_error.missing", 422],
].map(([type, status, ctx]) =>
  error(
    type,
    status,
    { detail: [{ loc: ["body", "prompt"], msg: `About ${type}`, type, url: `https://docs.fal.ai/errors/#${type}`, ...(ctx && { ctx }), input: "given" }] },
    { headers: { "x-fal-request-id": REQUEST_ID, "x-fal-retryable": "false" } },
  ),
);

/** Each entry: error_type, status (protocol §10.3). */
const REQUEST_ERRORS = [
  ["request_timeout", 504],
  ["startup_timeout", 504],
  ["runner_scheduling_failure", 503],
  ["runner_connection_timeout", 503],
  ["runner_disconnected", 503],
  ["runner_connection_refused", 503],
  ["runner_connection_error", 503],
  ["runner_incomplete_response", 502],
  ["runner_server_error", 500],
  ["client_disconnected", 499],
  ["client_cancelled", 499],
  ["bad_request", 400],
  ["internal_error", 500],
  ["concurrent_requests_limit", 429],
].map(([type, status]) =>
  error(type, status, { detail: `About ${type}`, error_type: type }, { headers: { "x-fal-request-id": REQUEST_ID, "x-fal-error-type": type } }),
);

const ODD_BODIES = [
  error("detail-text-422", 422, { detail: "Bad prompt" }),
  error("detail-missing-422", 422, { oops: 1 }),
  error("detail-null-422", 422, { detail: null }),
  error("several-fields", 422, { detail: [{ loc: ["body", "prompt"], msg: "Field required", type: "missing" }, { loc: ["body", "list", 0, "prompt"], msg: "Too long", type: "x" }] }),
  error("message", 400, { message: "Said in message" }),
  error("message-and-detail", 400, { message: "Said in message", detail: "Said in detail" }),
  error("empty-object", 400, {}),
  error("status-only", 404, { status: "NOT_FOUND" }),
  error("unknown-status", 599, { detail: "?" }),
  error("teapot", 418, { detail: "short and stout" }),
  { ...error("text", 400, "Invalid request"), differs: ["text-error-body"] },
  { ...error("text-422", 422, "Unprocessable"), differs: ["text-error-body", "text-422"] },
  { ...error("html", 502, "<html><h1>502 Bad Gateway</h1><hr>nginx</html>", { headers: { "content-type": "text/html" } }), differs: ["text-error-body", "result-patience"] },
  { ...error("no-body", 401, undefined, { body: undefined }), differs: ["text-error-body"] },
];

export const scenarios = [...FAILURES, ...MODEL_ERRORS, ...REQUEST_ERRORS, ...ODD_BODIES];
