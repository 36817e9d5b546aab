// Small differences that users should not notice.

export const title = "Small things";

export const differences = [
  {
    id: "fetch-signal",
    here: "a custom `fetch` always gets an `AbortSignal`, and `mode: \"cors\"`",
    there: "only the caller's signal, and no `mode` for the bytes of an upload",
    because: "a timeout ends it too",
    at: /^notes\.\d+\.3\.(signal|mode)$/,
  },
  {
    id: "middleware-headers",
    everywhere: true,
    here: "a request middleware always gets a `headers` object",
    there: "`undefined` where there is none",
    because: "it can set a header without a check",
    at: /^notes\.\d+\.1\.headers$/,
    holds: ({ theirs, ours }) => theirs === "«undefined»" && JSON.stringify(ours) === "{}",
  },
  {
    id: "stream-request-id",
    here: "a stream's `requestId` is `\"\"` until the answer names one",
    there: "`null`, though its type is `string`",
    because: "what the type says holds",
    at: /^notes\.\d+\.1$/,
    holds: ({ theirs, ours }) => theirs === null && ours === "",
  },
  {
    id: "more-exports",
    here: "there are more exports: `FalError`, `isFalError`, the operations as functions of their own, `queue`, `realtime`, `storage` and `streaming`, `preload`; `fal` has `pending`, `resume` and `forget`, too",
    there: "–",
    because: "they are additions",
  },
];
