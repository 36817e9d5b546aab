// Connections of realtime.connect.

export const title = "Realtime";

export const differences = [
  {
    id: "own-close",
    here: "closing a realtime connection reports no error",
    there: "`onError` is called with status 1005",
    because: "the caller closed it",
    at: /^notes\./,
  },
  {
    id: "token-failures",
    here: "where a token provider fails, a realtime connection tells `onError` why, and a stream rejects with what the provider threw",
    there: "a realtime connection says nothing, a stream rejects with an `ApiError` of status 500",
    because: "a connection that never opens has a reason, and no server answered 500",
    at: /^(notes|outcome)\./,
  },
  {
    id: "decoder-errors",
    here: "what `decodeMessage` throws goes to `onError`",
    there: "it is uncaught, where it is not a promise's",
    because: "that is where errors of the connection go",
    at: /^notes\./,
  },
  {
    id: "service-errors",
    here: "every error that the service sends on a realtime connection goes to `onError`",
    there: "those of the form `{status: \"error\"}` are dropped",
    because: "they say why no result comes",
    at: /^notes\./,
  },
  {
    id: "results-in-order",
    here: "realtime results come in the order in which they were sent",
    there: "in the order in which they are decoded: text overtakes binary",
    because: "an older picture must not replace a newer one",
    at: /^notes\./,
  },
  {
    id: "one-error",
    here: "a realtime connection that cannot be opened is one error, with the close code",
    there: "two, one of them `Unknown error`",
    because: "it is one failure",
    at: /^notes\./,
  },
  {
    id: "throttle",
    here: "`throttleInterval`: after a pause, an input is sent at once; while they come fast, the last of each interval",
    there: "all but the very first wait, and none is sent while they come faster than that",
    because: "an input after a pause need not wait, and a drag shows results on its way",
    at: /^requests\./,
  },
  {
    id: "max-buffering",
    here: "`realtime.connect` throws where `maxBuffering` is out of range",
    there: "it throws later, where nobody can catch it",
    because: "the caller can",
  },
];
