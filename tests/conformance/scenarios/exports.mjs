// The exports of the packages, and the functions that send no request.

const KINDS = ["createFalClient", "withMiddleware", "withProxy", "ApiError", "ValidationError", "isRetryableError", "isQueueStatus", "isCompletedQueueStatus", "parseEndpointId", "fal"];
const api = (lib, Kind, more) => new lib[Kind]({ message: "why", status: 504, body: { detail: "d" }, requestId: "r-1", timeoutType: "user", ...more });

export const scenarios = [
  { id: "exports", what: "every export is there, of the same kind", run: ({ lib, note }) => KINDS.forEach((name) => note(name, typeof lib[name], typeof lib[name]?.prototype)) },
  {
    id: "exports-complete",
    what: "the list of this test is the official client's",
    differs: ["more-exports"],
    run: ({ lib }) => Object.keys(lib).sort(),
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.outcome.value, [...KINDS].sort());
      for (const name of KINDS) assert.ok(ours.outcome.value.includes(name), name);
    },
  },
  { id: "exports-fal", what: "what fal has", differs: ["more-exports"], run: ({ lib }) => shape(lib.fal), check: hasAll },
  { id: "exports-client", what: "what a client has", differs: ["more-exports"], run: ({ client }) => shape(client()), check: hasAll },
  { id: "exports-queue", what: "what queue has", run: ({ client }) => shape(client().queue) },
  { id: "exports-storage", what: "what storage has", run: ({ client }) => shape(client().storage) },
  { id: "exports-realtime", what: "what realtime has", run: ({ client }) => shape(client().realtime) },
  { id: "exports-streaming", what: "what streaming has", run: ({ client }) => shape(client().streaming) },
  {
    id: "api-error",
    what: "an ApiError of the caller's making",
    run: ({ lib, note }) => {
      note("user timeout", api(lib, "ApiError"));
      note("other", api(lib, "ApiError", { status: 500, requestId: undefined, timeoutType: undefined }));
      note("is an Error", api(lib, "ApiError") instanceof Error, String(api(lib, "ApiError")));
    },
  },
  {
    id: "validation-error",
    what: "a ValidationError of the caller's making",
    run: ({ lib, note }) => {
      const detail = [{ loc: ["body", "prompt"], msg: "m", type: "t" }, { loc: ["body", "x"], msg: "n", type: "u" }];
      note("list", api(lib, "ValidationError", { status: 422, body: { detail } }));
      note("text", api(lib, "ValidationError", { status: 422, body: { detail: "words" } }));
      note("is an ApiError", api(lib, "ValidationError") instanceof lib.ApiError);
    },
  },
  {
    id: "is-retryable-error",
    what: "isRetryableError",
    run: ({ lib, note }) => {
      const codes = [429, 503, 504];
      const of = (error) => lib.isRetryableError(error, codes);
      for (const status of [400, 429, 500, 503]) note(status, of(new lib.ApiError({ message: "", status })));
      note("user timeout", of(api(lib, "ApiError")));
      note("other timeout", of(api(lib, "ApiError", { timeoutType: undefined })));
      note("abort", of(new DOMException("", "AbortError")));
      note("code", of(Object.assign(new Error("x"), { code: "ECONNRESET" })));
      note("cause", of(new Error("x", { cause: { code: "ETIMEDOUT" } })));
      note("cause is an abort", of(new Error("x", { cause: Object.assign(new Error(), { name: "AbortError", code: "ECONNRESET" }) })));
      note("node", of(new TypeError("fetch failed")));
      note("type error", of(new TypeError("x is not a function")));
      note("nothing", of(undefined), of(null), of("text"));
    },
  },
  {
    id: "is-retryable-error-browser",
    what: "isRetryableError of a browser's network errors",
    differs: ["browser-network-errors"],
    run: ({ lib, note }) => {
      for (const message of ["Failed to fetch", "Load failed", "NetworkError when attempting to fetch resource."]) note(message, lib.isRetryableError(new TypeError(message), []));
    },
    check({ theirs, ours, assert }) {
      assert.ok(theirs.notes.every(([, isRetryable]) => isRetryable === false));
      assert.ok(ours.notes.every(([, isRetryable]) => isRetryable === true));
    },
  },
  {
    id: "is-queue-status",
    what: "isQueueStatus and isCompletedQueueStatus, as conditions",
    run: ({ lib, note }) => {
      const values = [{ status: "COMPLETED", response_url: "x" }, { status: "IN_QUEUE", response_url: "x" }, { status: "IN_QUEUE" }, {}, { response_url: "x" }, null, undefined];
      for (const value of values) note(value, Boolean(lib.isQueueStatus(value)), Boolean(lib.isCompletedQueueStatus(value)));
    },
  },
];

function shape(object) {
  return Object.fromEntries(Object.keys(object).sort().map((name) => [name, typeof object[name]]));
}

function hasAll({ theirs, ours, assert }) {
  for (const [name, kind] of Object.entries(theirs.outcome.value)) assert.equal(ours.outcome.value[name], kind, name);
}
