// queue.status, queue.result and queue.cancel: following a request by its id.
import { APP, REQUEST_ID, cancelled, result, status } from "../page/wire.mjs";

const ask = (options, id = APP) => ({ client }) => client().queue.status(id, { requestId: REQUEST_ID, ...options });
const fetchResult = (options, id = APP) => ({ client }) => client().queue.result(id, { requestId: REQUEST_ID, ...options });
const cancel = (options, id = APP) => ({ client }) => client().queue.cancel(id, { requestId: REQUEST_ID, ...options });
const log = { message: "step 1", level: "INFO", source: "USER", timestamp: "then" };
const queued = status("IN_QUEUE", { queue_position: 3 });

export const scenarios = [
  { id: "status-queued", what: "in the queue", answers: [queued], run: ask() },
  { id: "status-progress", what: "in progress, without logs", answers: [status("IN_PROGRESS", { logs: null })], run: ask() },
  { id: "status-logs", what: "logs: true asks for logs", answers: [status("IN_PROGRESS", { logs: [log] })], run: ask({ logs: true }) },
  { id: "status-no-logs", what: "logs: false", answers: [queued], run: ask({ logs: false }) },
  { id: "status-completed", what: "completed, with metrics", answers: [status("COMPLETED", { logs: [log], metrics: { inference_time: 3.5 } })], run: ask({ logs: true }) },
  { id: "status-failed", what: "a failed request's status is an answer, not an error", answers: [status("COMPLETED", { logs: [], error: "Runner went away", error_type: "runner_disconnected" })], run: ask() },
  { id: "status-unknown-fields", what: "fields that nobody knows pass", answers: [status("IN_QUEUE", { queue_position: 1, later: { a: [1, null] } })], run: ask() },
  { id: "status-subpath", what: "the subpath is left out", answers: [queued], run: ask({}, "acme/app/deep/er/path") },
  { id: "status-namespace", what: "a namespace stays", answers: [queued], run: ask({}, "workflows/acme/flow/step") },
  { id: "status-500-retried", what: "sent again after 500", pace: 0.02, answers: [status("IN_QUEUE", {}, { status: 500, body: { detail: "oops" } }), queued], run: ask() },
  { id: "status-retries-five-times", what: "five times at most", pace: 0.01, answers: [status("IN_QUEUE", {}, { status: 502, times: 9, body: { detail: "bad gateway" } })], run: ask() },
  { id: "status-404", what: "an unknown request", answers: [status("", {}, { status: 404, body: { status: "NOT_FOUND" } })], run: ask() },
  { id: "status-abort-before", what: "an aborted signal sends nothing", run: ask({ abortSignal: AbortSignal.abort() }) },
  { id: "result", what: "data and requestId", answers: [result()], run: fetchResult() },
  { id: "result-text", what: "a text", answers: [result("plain words")], run: fetchResult() },
  { id: "result-html", what: "a page that names the request", answers: [result("<p>é</p>", { headers: { "content-type": "text/html; charset=utf-8", "x-fal-request-id": REQUEST_ID } })], run: fetchResult() },
  ...[
    ["login-page", "a login page", result("<html>Log in</html>", { headers: { "content-type": "text/html" } })],
    ["empty", "nothing", result(undefined, { status: 204, body: undefined, headers: {} })],
    ["status", "a status", result({ ...queued.body, status: "COMPLETED" })],
    ["events", "an event stream", result("data: 1\n\n", { headers: { "content-type": "text/event-stream" } })],
  ].map(([id, what, wrong]) => ({
    id: `result-${id}`,
    what: `${what} in place of the result`,
    pace: 0.02,
    differs: ["answers-count"],
    answers: [wrong, result()],
    run: fetchResult(),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.requests.length, 1);
      assert.equal(ours.requests.length, 2);
      assert.equal(ours.outcome.value.data.seed, 7);
    },
  })),
  {
    id: "result-of-another",
    what: "a result that names another request",
    differs: ["answers-count"],
    answers: [result({ a: 1 }, { headers: { "x-fal-request-id": "another" } }), result()],
    run: fetchResult(),
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.outcome.value.data, { a: 1 });
      assert.equal(ours.outcome.value.data.seed, 7);
    },
  },
  {
    id: "status-login-page",
    what: "a login page in place of a status",
    pace: 0.02,
    differs: ["answers-count"],
    answers: [status("", {}, { status: 200, body: "<html>Log in</html>", headers: { "content-type": "text/html" } }), queued],
    run: ask(),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "<html>Log in</html>");
      assert.equal(ours.outcome.value.status, "IN_QUEUE");
    },
  },
  {
    id: "status-silent",
    what: "a question for a status that is never answered",
    pace: 0.02,
    fresh: true,
    differs: ["deadline"],
    answers: [{ ...queued, chunks: [], hold: true }, queued],
    run: ({ client, within, settled }) => within(10_000, settled(ask()({ client }))),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "still pending");
      assert.equal(ours.outcome.value.value.status, "IN_QUEUE");
    },
  },
  {
    id: "result-request-id",
    what: "an answer whose request id cannot be read",
    differs: ["known-request-id"],
    answers: [result({ a: 1 }, { headers: {} })],
    run: fetchResult(),
  },
  { id: "result-numbers", what: "numbers as the platform parses them", answers: [result(undefined, { body: '{"big":12345678901234567890,"small":1e-7,"minus":-0}', headers: { "content-type": "application/json", "x-fal-request-id": REQUEST_ID } })], run: fetchResult() },
  { id: "result-key-order", what: "keys in their order, twice the same key: the last", answers: [result(undefined, { body: '{"z":1,"a":2,"__proto__":3,"z":4}', headers: { "content-type": "application/json" } })], differs: ["known-request-id"], run: fetchResult() },
  { id: "result-retried", what: "sent again after 503", pace: 0.02, answers: [result({ detail: "later" }, { status: 503 }), result()], run: fetchResult() },
  { id: "result-retries", what: "five times at most", pace: 0.02, differs: ["result-patience"], answers: [result({ detail: "later" }, { status: 503, times: 9 })], run: fetchResult() },
  { id: "result-500", what: "not after 500", answers: [result({ detail: "Internal Server Error" }, { status: 500 })], run: fetchResult() },
  { id: "result-early", what: "a result that is not there yet", answers: [result({ detail: "Request is still in progress" }, { status: 400 })], run: fetchResult() },
  { id: "cancel", what: "PUT without a body, no result", answers: [cancelled()], run: cancel() },
  { id: "cancel-queued", what: "200 OK of a queued request", answers: [cancelled({ status: 200, body: { status: "OK" } })], run: cancel() },
  { id: "cancel-completed", what: "too late", answers: [cancelled({ status: 400, body: { status: "ALREADY_COMPLETED" } })], run: cancel() },
  { id: "cancel-unknown", what: "of an unknown request", answers: [cancelled({ status: 404, body: { status: "NOT_FOUND" } })], run: cancel() },
  { id: "cancel-retried", what: "sent again after 503", pace: 0.02, answers: [cancelled({ status: 503, body: {} }), cancelled()], run: cancel() },
  { id: "cancel-namespace", what: "in a namespace", answers: [cancelled()], run: cancel({}, "comfy/acme/graph/x") },
];
