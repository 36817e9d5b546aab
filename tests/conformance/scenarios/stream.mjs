// stream: server-sent events of a model.
import { APP, REQUEST_ID, event, events } from "../page/wire.mjs";

const to = `https://fal.run/${APP}/stream`;
const three = [event({ n: 1 }), 15, event({ n: 2 }), 15, event({ n: 3 })];
const input = { prompt: "x" };

/** Opens a stream, records all its events, and waits for done(). */
const follow = (options, id = APP) => async ({ client, note, settled, within }) => {
  const stream = await client().stream(id, options);
  for (const type of ["data", "message", "error", "done"]) stream.on(type, (value) => note(type, value));
  return within(20_000, settled(stream.done()));
};
const iterate = (options) => async ({ client, note }) => {
  const stream = await client().stream(APP, { input, ...options });
  for await (const one of stream) note("next", one);
  return { requestId: stream.requestId };
};

/** The fields of a stream that describe its request. */
const fields = ({ endpointId, url, options, config }) => ({ endpointId, url, input: options.input, method: options.method, hasConfig: typeof config });
const told = (options, id = APP) => async ({ client }) => {
  const stream = await client().stream(id, options);
  await stream.done();
  return fields(stream);
};

export const scenarios = [
  { id: "stream", what: "data and message for each event, then done with the last", answers: [events(three, { to })], run: follow({ input }) },
  { id: "stream-iterate", what: "for await gives each event", answers: [events(three, { to })], run: iterate() },
  { id: "stream-done-only", what: "done() alone", answers: [events(three, { to })], run: async ({ client }) => (await client().stream(APP, { input })).done() },
  { id: "stream-empty", what: "no event at all", answers: [events([": nothing\n\n"], { to })], run: follow({ input }) },
  { id: "stream-no-input", what: "without input", answers: [events(three, { to })], run: follow({}) },
  { id: "stream-get", what: "GET", answers: [events(three, { to })], run: follow({ input, method: "get" }) },
  { id: "stream-query", what: "queryParams", answers: [events(three, { to })], run: follow({ input, queryParams: { a: "1", b: "ü &" } }) },
  { id: "stream-accept", what: "accept", answers: [events(three, { to })], run: follow({ input, accept: "application/x-own" }) },
  { id: "stream-url", what: "a URL of the caller's", answers: [events(three, { to: "/own/path" })], run: follow({ input, url: "https://fal.run/own/path" }) },
  { id: "stream-suffix", what: "an id that ends in /stream already", answers: [events(three, { to })], run: follow({ input }, `${APP}/stream`) },
  { id: "stream-crlf", what: "CRLF, event names, ids, several data lines", answers: [events(['event: x\r\nid: 9\r\ndata: {"a":\r\ndata: 1}\r\n\r\n', "data:[2]\r\n\r\n"], { to })], run: follow({ input }) },
  { id: "stream-mixed-lines", what: "CRLF and LF in one chunk", differs: ["mixed-lines"], check: ({ theirs, ours, assert }) => assert.deepEqual([theirs, ours].map(({ outcome }) => outcome.value.value), [1, 3]), answers: [events(["data: 1\r\n\r\ndata: 2\n\ndata: 3\n\n"], { to })], run: follow({ input }) },
  { id: "stream-pieces", what: "events cut anywhere but in a character", answers: [events(["da", 10, 'ta: {"a"', 10, ":1}\n", 10, '\ndata: {"a":2}\n\n'], { to })], run: follow({ input }) },
  { id: "stream-fields", what: "what a stream says of its request", answers: [events(three, { to })], run: told({ input, method: "post", queryParams: { a: "ü &" } }) },
  { id: "stream-fields-suffix", what: "the same, of an id that ends in /stream already", answers: [events(three, { to })], run: told({ input }, `${APP}/stream`) },
  { id: "stream-fields-url", what: "the same, of a URL of the caller's", answers: [events(three, { to: "/own/path" })], run: told({ input, url: "https://fal.run/own/path" }) },
  {
    id: "stream-bad-json",
    what: "an event that is no JSON ends the stream",
    answers: [events([event({ n: 1 }) + "data: {oops\n\n" + event({ n: 2 })], { to })],
    run: async ({ client, note, seen, settled, until }) => {
      const stream = await client().stream(APP, { input });
      for (const type of ["data", "message", "error", "done"]) stream.on(type, (value) => note(type, value));
      const outcome = await settled(stream.done());
      // Wait for the last event: the official client reports six; this package aborts its request.
      await until(() => seen() === 6 || stream.signal.aborted);
      return outcome;
    },
    differs: ["stream-error-ends"],
    check({ theirs, ours, assert }) {
      const kinds = ({ notes }) => notes.map(([name]) => name);
      assert.deepEqual(kinds(theirs), ["data", "message", "error", "data", "message", "done"]);
      assert.deepEqual(kinds(ours), ["data", "message", "error"]);
      assert.equal(theirs.outcome.value.thrown["«error»"].name, "SyntaxError");
      assert.equal(ours.outcome.value.thrown["«error»"].name, "FalError");
    },
  },
  { id: "stream-binary", what: "an answer that is no event stream comes as bytes", answers: [{ to, chunks: [new Uint8Array([1, 2, 255]), 250, new Uint8Array([4])], headers: { "content-type": "image/png", "x-fal-request-id": REQUEST_ID } }], run: follow({ input }) },
  {
    id: "stream-request-id",
    what: "requestId, before and after",
    differs: ["stream-request-id"],
    answers: [events(three, { to })],
    run: async ({ client, note }) => {
      const stream = await client().stream(APP, { input });
      note("before", stream.requestId);
      await stream.done();
      return stream.requestId;
    },
  },
  { id: "stream-refused", what: "401", answers: [{ to, status: 401, body: { detail: "invalid key credentials" }, headers: { "x-fal-request-id": REQUEST_ID } }], run: follow({ input }) },
  { id: "stream-invalid-input", what: "422", answers: [{ to, status: 422, body: { detail: [{ loc: ["body", "prompt"], msg: "Field required", type: "missing" }] } }], run: follow({ input }) },
  { id: "stream-refused-iterated", what: "401, iterated", answers: [{ to, status: 401, body: { detail: "invalid key credentials" } }], differs: ["stream-throws"], run: iterate(), check: throwsOnlyOurs },
  {
    id: "stream-abort",
    what: "abort() ends it with the last value",
    fresh: true,
    answers: [events([event({ n: 1 }), 3000, event({ n: 2 })], { to, hold: true })],
    run: async ({ client, note, within, settled, until, seen }) => {
      const stream = await client().stream(APP, { input });
      for (const type of ["data", "error"]) stream.on(type, (value) => note(type, value));
      await until(() => seen() > 0);
      stream.abort();
      return within(10_000, settled(stream.done()));
    },
  },
  {
    id: "stream-signal",
    what: "a signal ends it too",
    fresh: true,
    answers: [events([event({ n: 1 }), 3000, event({ n: 2 })], { to, hold: true })],
    run: async ({ client, note, within, settled, until, seen }) => {
      const controller = new AbortController();
      const stream = await client().stream(APP, { input, signal: controller.signal });
      for (const type of ["data", "error"]) stream.on(type, (value) => note(type, value));
      await until(() => seen() > 0);
      controller.abort();
      return within(10_000, settled(stream.done()));
    },
  },
  {
    id: "stream-falsy",
    what: "0, false, \"\" and null are values",
    differs: ["falsy-values"],
    answers: [events([event(0), event(false), event(""), event(null), event(5)], { to })],
    run: iterate(),
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.notes.map(([, value]) => value), [5]);
      assert.deepEqual(ours.notes.map(([, value]) => value), [0, false, "", null, 5]);
    },
  },
  {
    id: "stream-client-mode",
    what: "straight from the page, with a token of the caller's",
    answers: [events(three, { to })],
    run: (kit) => follow({ input, connectionMode: "client", tokenProvider: async (app) => (kit.note("token for", app), "jwt-9") })(kit),
  },
  {
    id: "stream-client-mode-default",
    what: "straight from the page, with the default token",
    answers: [{ to: "https://rest.fal.ai/tokens/", body: '"jwt-1"', headers: { "content-type": "application/json" } }, events(three, { to })],
    run: follow({ input, connectionMode: "client" }),
  },
  {
    id: "stream-client-mode-no-token",
    what: "a token provider that fails",
    differs: ["token-failures"],
    run: follow({ input, connectionMode: "client", tokenProvider: () => Promise.reject(new RangeError("no token")) }),
    check({ theirs, ours, assert }) {
      const thrown = ({ outcome }) => outcome.value.thrown["«error»"];
      assert.deepEqual([thrown(theirs).status, thrown(theirs).message], [500, "no token"]);
      assert.deepEqual([thrown(ours).name, thrown(ours).message], ["RangeError", "no token"]);
    },
  },
  { id: "stream-streaming-client", what: "fal.streaming.stream is the same", answers: [events(three, { to })], run: async ({ client }) => (await client().streaming.stream(APP, { input })).done() },
  {
    id: "stream-upload",
    what: "files of the input are stored first",
    answers: [
      { to: "/storage/upload/initiate?", body: { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.png" } },
      { method: "PUT", to: "/put/x", body: {} },
      events(three, { to }),
    ],
    run: follow({ input: { image_url: new File(["abc"], "in.png", { type: "image/png" }) } }),
  },
];

function throwsOnlyOurs({ theirs, ours, assert }) {
  assert.ok("value" in theirs.outcome, "their loop ends as if all were well");
  assert.equal(ours.outcome.thrown["«error»"].name, "ApiError");
}
