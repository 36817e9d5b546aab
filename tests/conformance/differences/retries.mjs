// Retries and uploads.

export const title = "Retries and uploads";

export const differences = [
  {
    id: "browser-network-errors",
    here: "lost connections are tried again in every browser, for calls that may be repeated",
    there: "only in Node",
    because: "in browsers, connections get lost",
  },
  {
    id: "retry-after",
    here: "`Retry-After` is obeyed",
    there: "ignored",
    because: "coming back too early makes a limit last longer",
    at: /^notes\./,
  },
  {
    id: "result-patience",
    here: "a result is asked for five times more, one that is known to be there for five minutes, also after a 404",
    there: "three times more, and not after a 404",
    because: "a finished job is paid for",
    at: /^requests\.\d+$/,
    holds: ({ theirs, ours }) => theirs === undefined && ours.method === "GET",
  },
  {
    id: "deadline",
    here: "statuses, results and cancels that bring nothing for 30 s are asked for again, with more time for each try",
    there: "waits for ever",
    because: "connections die in silence, and the job is paid for",
    at: /^(outcome\.value|requests\.\d+$)/,
  },
  {
    id: "retry-options",
    here: "`retry` options apply to queue calls",
    there: "overruled by fixed ones",
    because: "an option should do something",
  },
  {
    id: "uploads-retried",
    here: "the bytes of an upload are sent again after a failure that may pass",
    there: "one failure ends it, with parts aside",
    because: "uploads meet lost connections more than any other call",
  },
  {
    id: "parallel-parts",
    here: "the parts of a large file go several at a time",
    there: "one by one",
    because: "it takes half the time or less",
    at: /^(requests\.|notes\.)/,
  },
  {
    id: "part-errors",
    here: "where a place for a file has expired, the upload begins anew in another one, twice at most, and the error is the service's",
    there: "the part is sent to the same place three times, and `Part upload failed, retries exhausted`",
    because: "an expired signature does not get better",
  },
  {
    id: "last-byte",
    here: "of a file that went in parts, the last byte is asked for at the end",
    there: "not looked at",
    because: "the service may say that all is well with a part missing",
    at: /^requests\./,
  },
  {
    id: "same-file-once",
    here: "a file that an input holds twice is stored once",
    there: "once for each place",
    because: "it is the same file",
  },
];
