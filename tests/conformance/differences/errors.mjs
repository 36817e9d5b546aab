// The messages and classes of errors.

export const title = "Errors";

export const differences = [
  {
    id: "messages",
    everywhere: true,
    here: "`error.message` holds the service's own reason, the HTTP status and the call, and never the request id",
    there: "the HTTP status text, which HTTP/2 does not have: `\"\"`",
    because: "people can act on a message that says why; programs search it for statuses, whose digits an id may hold",
    at: /«error»\.message$/,
    holds: ({ theirs, ours }) => typeof theirs === "string" && typeof ours === "string" && ours.length > Math.min(theirs.length, 20),
  },
  {
    id: "known-request-id",
    everywhere: true,
    here: "`requestId` falls back to the id that the call was made with",
    there: "`\"\"` where the answer's header is missing, or CORS hides it",
    because: "support asks for it, and the result can be fetched with it",
    at: /(^|\.)(requestId)$/,
    holds: ({ theirs, ours }) => theirs === "" && typeof ours === "string" && ours.length > 0,
  },
  {
    id: "text-error-body",
    here: "an error body that is not JSON is kept as text in `error.body`",
    there: "dropped",
    because: "proxies and gateways answer in plain text, and it says what is wrong",
    at: /«error»\.(body|fieldErrors|promptErrors)$/,
    holds: ({ theirs, ours }) => theirs === "«undefined»" && typeof ours === "string",
  },
  {
    id: "text-422",
    here: "a 422 is a `ValidationError` whatever its body is",
    there: "only with a JSON body",
    because: "one `instanceof` is enough to know that the input was refused",
    at: /^outcome\.thrown\.«error»\.(name|is\.1|fieldErrors|promptErrors)$/,
  },
  {
    id: "bad-json",
    here: "a body that is not the JSON it claims to be: an `ApiError` with the text, tried again where its status is; with a 200, a `FalError` that names the call",
    there: "a bare `SyntaxError`, never tried again",
    because: "gateways send half bodies, and the status still says what happened",
  },
  {
    id: "connection-errors",
    everywhere: true,
    here: "a lost connection is a `FalError` of code `network` that names the call and, in `requestId`, the request; of a submit or a run, which may have arrived, a `SubmitUncertainError`",
    there: "a `TypeError` that says `Failed to fetch`",
    because: "with the request id, the result can be fetched after all",
    at: /^outcome\.thrown\.«error»\.name$/,
    holds: (difference, { theirs, ours }) =>
      /^(Failed to fetch|network error)$/.test(theirs.outcome.thrown["«error»"].message) && /^(FalError|SubmitUncertainError)$/.test(difference.ours) && ours.requests.length > 0,
  },
  {
    id: "argument-errors",
    everywhere: true,
    here: "an argument that cannot be right is refused with a `FalError`, of code `invalid_argument`",
    there: "with an `Error`, or whatever `TypeError` it leads to",
    because: "one class tells an argument from a lost connection",
    at: /^outcome\.thrown\.«error»\.name$/,
    holds: ({ theirs, ours }, { theirs: { requests } }) => /^(Type)?Error$/.test(theirs) && ours === "FalError" && requests.length === 0,
  },
  {
    id: "cycles",
    here: "an input that contains itself is refused in words",
    there: "overflows the stack",
    because: "the message says which input",
  },
  {
    id: "warnings",
    everywhere: true,
    here: "warnings are worded differently",
    there: "–",
    because: "they say what to do here",
    at: /^notes\.\d+\.1$/,
    holds: ({ path }, seen) => ["theirs", "ours"].every((side) => seen[side].notes[path.split(".")[1]]?.[0] === "console.warn"),
  },
];
