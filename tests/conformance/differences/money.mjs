// Jobs and their cost.

export const title = "Money and time";

export const differences = [
  {
    id: "never-pay-twice",
    here: "`submit` and `run` are sent again after a 429 only",
    there: "after 502, 503 and 504 too",
    because: "the first one may have arrived, and a second one is billed too",
  },
  {
    id: "follow-by-stream",
    here: "without `mode` and `pollInterval`, a request is followed by the stream of its statuses where the way to the service carries one, and each update is told once",
    there: "by asking every 500 ms, telling each answer",
    because: "the end is seen at once, with three requests for a job of any length; `mode: \"polling\"` asks as there",
  },
  {
    id: "abort-cancels",
    here: "aborting `subscribe` settles at once, in every mode, with the signal's reason, and cancels the job on the server",
    there: "up to one poll later, never in streaming mode; the job keeps running",
    because: "an abandoned job costs money",
  },
  {
    id: "abort-at-once",
    here: "an abort settles the call at once, with the signal's reason",
    there: "after the back-off, with the HTTP error",
    because: "an abort is meant now",
  },
  {
    id: "aborted-signal",
    here: "a signal that is aborted already sends nothing, and rejects `stream`, too, with its reason",
    there: "`stream` sends its request",
    because: "it may be billed",
  },
  {
    id: "timeout-error",
    here: "`timeout` rejects with a `TimeoutError`, in every mode, and counts from the submit",
    there: "a plain `Error`; in streaming mode it is thrown where nobody can catch it, and the call resolves",
    because: "a caller must be able to tell",
    at: /^(outcome|notes|requests)/,
  },
  {
    id: "callback-throws",
    here: "where a callback of `subscribe` throws, the job is cancelled",
    there: "it keeps running",
    because: "the call rejects, so that nobody waits for the job any more",
    at: /^requests\.\d+$/,
    holds: ({ theirs, ours }) => theirs === undefined && ours.method === "PUT" && ours.url.endsWith("/cancel"),
  },
  {
    id: "failed-job-throws",
    here: "a job that completed with an error always rejects",
    there: "resolves where the result call succeeds",
    because: "an output without the media is no success",
  },
  {
    id: "urls-of-the-reply",
    here: "a request is followed at the URLs that its submit was answered with, if they are on fal's hosts",
    there: "at URLs rebuilt from the endpoint id",
    because: "an id may stand for another app, whose requests are elsewhere",
  },
  {
    id: "inputs-checked",
    here: "inputs of the endpoints that the package knows are checked before anything is sent; `validate: false` turns it off",
    there: "sent unchecked",
    because: "a typo need not cost an upload and a place in the queue",
  },
  {
    id: "lossless-inputs",
    here: "what JSON would empty or spoil in an input is refused by its name, before anything is sent: `Map`, `Set`, `FormData`, streams, canvases, bytes, objects that show no field, files in instances of classes; of any other instance its own fields are sent, or what its `toJSON` says",
    there: "sent as `{}`, typed arrays as `{\"0\":…}`",
    because: "the job would run, and cost, with garbage",
  },
  {
    id: "file-lists",
    here: "a `FileList` in an input is an array of its files, and files of other realms, such as an iframe's, are files",
    there: "both are sent as objects without content",
    because: "they are what a page's file inputs give",
  },
];
