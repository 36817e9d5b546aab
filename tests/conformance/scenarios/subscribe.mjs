// subscribe, by polling: the calls of its callbacks, and their order.
import { APP, REQUEST_ID, cancelled, result, status, submitted } from "../page/wire.mjs";

const input = { prompt: "x" };
const log = (message) => ({ message, level: "INFO", source: "USER", timestamp: "then" });
const queued = status("IN_QUEUE", { queue_position: 1 });
const working = status("IN_PROGRESS", { logs: [log("one")] });
const completed = status("COMPLETED", { logs: [log("one"), log("two")], metrics: { inference_time: 1 } });

/** Subscribes and records the calls of the callbacks. */
const subscribe = (options) => ({ client, note }) =>
  client().subscribe(APP, {
    input,
    mode: "polling",
    pollInterval: 10,
    onEnqueue: (id) => note("enqueued", id),
    onQueueUpdate: (update) => note("update", update),
    ...options,
  });

export const scenarios = [
  { id: "subscribe", what: "submit, statuses, result", answers: [submitted(), queued, working, completed, result()], run: subscribe() },
  { id: "subscribe-logs", what: "with logs", answers: [submitted(), working, completed, result()], run: subscribe({ logs: true }) },
  { id: "subscribe-no-callbacks", what: "without callbacks", answers: [submitted(), queued, completed, result()], run: ({ client }) => client().subscribe(APP, { input, mode: "polling", pollInterval: 10 }) },
  { id: "subscribe-done-at-once", what: "completed at the first question", answers: [submitted(), completed, result()], run: subscribe() },
  { id: "subscribe-submit-options", what: "options of the submit", answers: [submitted(), completed, result()], run: subscribe({ priority: "low", hint: "h", startTimeout: 9, headers: { "x-own": "1" }, storageSettings: { expiresIn: "1h" }, webhookUrl: "https://hook.test/" }) },
  { id: "subscribe-poll-interval-zero", what: "a poll interval of 0", answers: [submitted(), queued, working, completed, result()], run: subscribe({ pollInterval: 0 }) },
  { id: "subscribe-submit-fails", what: "a submit that is refused", answers: [submitted({ status: 403, body: { detail: "User is locked. Reason: Exhausted balance." } })], run: subscribe() },
  { id: "subscribe-status-fails", what: "a status that is refused", answers: [submitted(), queued, status("", {}, { status: 401, body: { detail: "invalid key credentials" } })], run: subscribe() },
  { id: "subscribe-status-retried", what: "a status that fails for a moment", pace: 0.02, answers: [submitted(), status("", {}, { status: 502, body: {} }), completed, result()], run: subscribe({ pollInterval: 500 }) },
  {
    id: "subscribe-job-fails",
    what: "a job that failed: its result call says why",
    answers: [submitted(), status("COMPLETED", { logs: [], error: "Invalid status code: 422" }), result({ detail: [{ loc: ["body", "prompt"], msg: "Field required", type: "missing" }] }, { status: 422 })],
    run: subscribe(),
  },
  {
    id: "subscribe-job-fails-quietly",
    what: "a job that completed with an error, and has a result all the same",
    differs: ["failed-job-throws"],
    answers: [submitted(), status("COMPLETED", { logs: [], error: "Runner went away", error_type: "runner_disconnected" }), result({})],
    run: subscribe(),
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.outcome.value.data, {});
      assert.match(ours.outcome.thrown["«error»"].message, /Runner went away/);
    },
  },
  {
    id: "subscribe-other-app",
    what: "a submit whose reply names another app",
    differs: ["urls-of-the-reply"],
    answers: [
      submitted({ body: otherApp("IN_QUEUE") }),
      { method: "GET", to: "/status", times: 3, body: otherApp("COMPLETED") },
      { method: "GET", to: "/requests/", body: { ok: 1 }, headers: { "x-fal-request-id": REQUEST_ID } },
    ],
    run: subscribe(),
    check({ theirs, ours, assert }) {
      assert.ok(theirs.requests[1].url.startsWith("https://queue.fal.run/acme/app/"));
      assert.ok(ours.requests[1].url.startsWith("https://queue.fal.run/other/turbo/"));
    },
  },
  {
    id: "subscribe-foreign-urls",
    what: "a submit whose reply names a host that is not fal's",
    answers: [submitted({ body: { ...otherApp("IN_QUEUE", "https://evil.test") } }), completed, result()],
    run: subscribe(),
  },
  {
    id: "subscribe-callback-throws",
    what: "an onEnqueue that throws",
    differs: ["callback-throws"],
    linger: 2_000,
    fresh: true,
    answers: [submitted(), completed, result(), cancelled()],
    run: subscribe({ onEnqueue: () => { throw new RangeError("callback"); } }),
  },
  {
    id: "subscribe-update-throws",
    what: "an onQueueUpdate that throws",
    differs: ["callback-throws"],
    linger: 2_000,
    fresh: true,
    answers: [submitted(), completed, result(), cancelled()],
    run: subscribe({ onQueueUpdate: () => { throw new RangeError("callback"); } }),
  },
  {
    id: "subscribe-timeout",
    what: "a timeout rejects and cancels the job",
    differs: ["timeout-error"],
    fresh: true,
    linger: 2_000,
    repeats: true,
    answers: [submitted(), { ...queued, times: 99 }, cancelled({ times: 2 })],
    run: subscribe({ timeout: 150, pollInterval: 20 }),
  },
  {
    id: "subscribe-timeout-from-submit",
    what: "a timeout counts from the submit",
    differs: ["timeout-error"],
    fresh: true,
    linger: 5_000,
    answers: [submitted({ delay: 900 }), completed, result(), cancelled()],
    run: subscribe({ timeout: 700 }),
    check({ theirs, ours, assert }) {
      assert.ok(theirs.outcome.value);
      assert.equal(ours.outcome.thrown["«error»"].name, "TimeoutError");
      assert.equal(ours.requests.at(-1).method, "PUT", "what the submit made is cancelled");
    },
  },
  {
    id: "subscribe-abort-before",
    what: "an aborted signal sends nothing",
    run: subscribe({ abortSignal: AbortSignal.abort() }),
  },
  {
    id: "subscribe-abort-reason",
    what: "abort rejects with the reason, and cancels the job",
    differs: ["abort-cancels"],
    fresh: true,
    linger: 2_000,
    repeats: true,
    answers: [submitted(), { ...queued, times: 99 }, cancelled({ times: 2 })],
    run: (kit) => {
      const controller = new AbortController();
      const onQueueUpdate = () => kit.sleep(60).then(() => controller.abort("left the page"));
      return subscribe({ abortSignal: controller.signal, pollInterval: 50, onQueueUpdate })(kit);
    },
    check({ theirs, ours, assert }) {
      assert.ok(!theirs.requests.some(({ method }) => method === "PUT"), "their job goes on");
      assert.equal(ours.requests.filter(({ method }) => method === "PUT").length, 1);
      assert.equal(ours.outcome.thrown, "left the page");
    },
  },
];

function otherApp(state, host = "https://queue.fal.run") {
  const request = `${host}/other/turbo/requests/${REQUEST_ID}`;
  return { status: state, queue_position: 0, logs: [], request_id: REQUEST_ID, response_url: request, status_url: `${request}/status`, cancel_url: `${request}/cancel` };
}
