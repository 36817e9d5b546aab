// run: the synchronous call.
import { APP, ran } from "../page/wire.mjs";

const run = (options, id = APP) => ({ client }) => client().run(id, options);
const input = { prompt: "a quiet sea" };

export const scenarios = [
  { id: "run", what: "input is the body, the result has data and requestId", answers: [ran()], run: run({ input }) },
  { id: "run-no-options", what: "no options at all", answers: [ran()], run: ({ client }) => client().run(APP) },
  { id: "run-no-input", what: "no input, no body", answers: [ran()], run: run({}) },
  { id: "run-storage-settings", what: "storageSettings become the lifecycle preference", answers: [ran()], run: run({ input, storageSettings: { expiresIn: "1h" } }) },
  { id: "run-start-timeout", what: "startTimeout becomes a header", answers: [ran()], run: run({ input, startTimeout: 30 }) },
  { id: "run-start-timeout-fraction", what: "a fraction of a second is kept", answers: [ran()], run: run({ input, startTimeout: 1.5 }) },
  { id: "run-start-timeout-small", what: "1 s is too little", run: run({ input, startTimeout: 1 }) },
  { id: "run-start-timeout-text", what: "a text is no time", run: run({ input, startTimeout: "30" }) },
  { id: "run-start-timeout-nan", what: "nor is NaN", run: run({ input, startTimeout: NaN }) },
  { id: "run-get", what: "with GET the input is the query", answers: [ran()], run: run({ input: { prompt: "é &", n: 2, on: true }, method: "get" }) },
  { id: "run-put", what: "PUT", answers: [ran()], run: run({ input, method: "put" }) },
  { id: "run-delete", what: "DELETE, with a body", answers: [ran()], run: run({ input, method: "DELETE" }) },
  { id: "run-ignores-queue-options", what: "options of the queue are not sent", answers: [ran()], run: run({ input, hint: "h", priority: "low", headers: { "x-own": "1" }, webhookUrl: "https://a.test" }) },
  { id: "run-no-request-id", what: "an answer that names no request", answers: [ran({ a: 1 }, { headers: {} })], run: run({ input }) },
  { id: "run-retries-429", what: "sent again after 429", pace: 0.02, answers: [ran({ detail: "busy" }, { status: 429, times: 2 }), ran()], run: run({ input }) },
  {
    id: "run-login-page",
    what: "a login page in place of the result is an error, and the run not sent again",
    pace: 0.02,
    differs: ["answers-count"],
    answers: [ran("<html>Log in</html>", { headers: { "content-type": "text/html" } })],
    run: run({ input }),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value.data, "<html>Log in</html>");
      assert.equal(ours.outcome.thrown["«error»"].name, "SubmitUncertainError");
      assert.equal(ours.requests.length, 1);
    },
  },
  {
    id: "run-503",
    what: "not sent again after 503",
    pace: 0.02,
    differs: ["never-pay-twice"],
    answers: [ran({ detail: "gone" }, { status: 503 }), ran()],
    run: run({ input }),
    check({ theirs, ours, assert }) {
      assert.deepEqual([theirs.requests.length, ours.requests.length], [2, 1]);
      assert.equal(ours.outcome.thrown["«error»"].status, 503);
    },
  },
  { id: "run-500", what: "not sent again after 500", answers: [ran({ detail: "Internal Server Error" }, { status: 500 })], run: run({ input }) },
  {
    id: "run-user-timeout",
    what: "the caller's own start timeout is final",
    answers: [ran({ detail: "Request timed out" }, { status: 504, headers: { "x-fal-request-timeout-type": "user" } })],
    run: run({ input, startTimeout: 2 }),
  },
  { id: "run-upload", what: "files of the input are stored first", run: run({ input: { image: new Blob(["abc"], { type: "image/png" }) } }), answers: [
    { to: "/storage/upload/initiate?", body: { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.png" } },
    { method: "PUT", to: "/put/x", body: {} },
    ran(),
  ] },
  {
    id: "run-abort-during",
    what: "abort while the answer is awaited",
    answers: [ran({}, { delay: 2000 })],
    fresh: true,
    run: ({ client, sleep }) => {
      const controller = new AbortController();
      sleep(300).then(() => controller.abort());
      return client().run(APP, { input, abortSignal: controller.signal });
    },
  },
  { id: "run-abort-before", what: "an aborted signal sends nothing", run: run({ input, abortSignal: AbortSignal.abort() }) },
  { id: "run-falsy-result", what: "a result may be falsy", answers: [ran(0)], run: run({ input }) },
  { id: "run-null-result", what: "or null", answers: [ran(null, { headers: { "content-type": "application/json" }, body: "null" })], run: run({ input }) },
];
