// Results and streams.

export const title = "Results and streams";

export const differences = [
  {
    id: "own-url",
    here: "where a proxy's answer was none, the proxy is asked again at a URL of its own, with `?fal-try=…`; one that knows no such URL, at its own again",
    there: "–",
    because: "caches that heed no request's wish tell URLs apart, and nothing else",
    at: /^requests\.\d+$/,
    holds: ({ theirs, ours }) => theirs === undefined && /[?&]fal-try=/.test(ours.url),
  },
  {
    id: "answers-count",
    here: "what cannot be an answer (a login page, nothing, an event stream, half a JSON, a status in place of a result, another request's result) is asked for again; of a run, which is not sent twice, it is a `SubmitUncertainError`",
    there: "it is the result",
    because: "a proxy's word must not end a job that is paid for",
  },
  {
    id: "json-as-text",
    here: "a reply that is JSON under another type, such as `text/plain`, is read as JSON where JSON is due",
    there: "it is a text, without a `request_id`",
    because: "proxies change types, and the job is bought",
    at: /^outcome\.value$/,
    holds: ({ theirs, ours }) => JSON.stringify(JSON.parse(theirs)) === JSON.stringify(ours),
  },
  {
    id: "no-store",
    here: "`fetch` is told to use no cache (`cache: \"no-store\"`)",
    there: "a cache may answer",
    because: "all reads through a proxy have one URL, so that a cache mixes them up",
    at: /\.headers\.(cache-control|pragma)$/,
    everywhere: true,
  },
  {
    id: "bytes-stay-bytes",
    here: "results with `image/*`, `audio/*`, `video/*` and other binary types are an `ArrayBuffer`",
    there: "decoded as text, which destroys them",
    because: "an image as text cannot be shown",
  },
  {
    id: "split-characters",
    here: "a character whose bytes arrive in two chunks of a stream is whole",
    there: "two replacement characters",
    because: "it is what the model said",
    at: /^(outcome|notes)/,
  },
  {
    id: "mixed-lines",
    here: "events whose lines end in CR LF and in LF, in any mixture, all arrive",
    there: "those after a change within a chunk are lost",
    because: "proxies insert comments with line ends of their own",
  },
  {
    id: "done-event",
    here: "`data: [DONE]` ends a stream",
    there: "it is JSON that cannot be read",
    because: "some models say so at their end",
  },
  {
    id: "idle-timeout",
    here: "a stream in which nothing arrives for `timeout` (45 s by default) fails with a 408",
    there: "waits for ever",
    because: "a page should not",
  },
  {
    id: "stream-error-ends",
    here: "an event that is no JSON ends a stream, with a `FalError`",
    there: "a `SyntaxError`; the stream goes on telling its listeners, `done` included, after `done()` was rejected",
    because: "one stream has one end",
  },
  {
    id: "stream-throws",
    here: "`for await` over a stream throws what ended it, and leaves nothing unhandled",
    there: "ends as if all were well, with an unhandled rejection",
    because: "half an answer must not look like a whole one",
  },
  {
    id: "falsy-values",
    here: "`for await` gives `0`, `false`, `\"\"` and `null` too",
    there: "drops them",
    because: "they are values",
  },
];
