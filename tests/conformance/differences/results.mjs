// What comes back.

export const title = "Results and streams";

export const differences = [
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
    id: "idle-timeout",
    here: "a stream in which nothing arrives for `timeout` (45 s by default) fails with a 408",
    there: "waits for ever",
    because: "a page should not",
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
