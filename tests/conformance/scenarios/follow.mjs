// subscribeToStatus and streamStatus, and subscribe in streaming mode.
import { APP, REQUEST_ID, event, events, result, status, submitted } from "../page/wire.mjs";

const log = (message) => ({ message, level: "INFO", source: "USER", timestamp: "then" });
const REQUEST = `https://queue.fal.run/acme/app/requests/${REQUEST_ID}`;
const at = (state, fields) => ({ status: state, request_id: REQUEST_ID, response_url: REQUEST, status_url: `${REQUEST}/status`, cancel_url: `${REQUEST}/cancel`, ...fields });
const stream = (chunks, more) => events(chunks, { method: "GET", to: "/status/stream?", ...more });
const toEnd = [
  event(at("IN_QUEUE", { queue_position: 1 })),
  event(at("IN_PROGRESS", { logs: [log("one")] })),
  event(at("IN_PROGRESS", { logs: [log("two")] })),
  event(at("COMPLETED", { logs: [], metrics: { inference_time: 1 } })),
];
const following = (note, options) => ({ requestId: REQUEST_ID, onQueueUpdate: (update) => note("update", update), ...options });
const subscribe = (options) => ({ client, note }) =>
  client().subscribe(APP, { input: {}, mode: "streaming", onEnqueue: (id) => note("enqueued", id), onQueueUpdate: (update) => note("update", update), ...options });

export const scenarios = [
  {
    id: "subscribe-by-default",
    what: "subscribe without a mode",
    differs: ["follow-by-stream"],
    answers: [submitted(), stream(toEnd), status("IN_PROGRESS", { logs: [log("one")] }), status("COMPLETED", { logs: [log("one"), log("two")], metrics: { inference_time: 1 } }), result()],
    run: subscribe({ mode: undefined, logs: true }),
    check({ theirs, ours, assert }) {
      const asked = ({ requests }) => requests.map(({ url }) => /requests\/[^/]+(\/[a-z/]*)?/.exec(url)?.[1] ?? (url.includes("/requests/") ? "result" : "submit"));
      assert.deepEqual(asked(ours), ["submit", "/status/stream", "result"]);
      assert.deepEqual(asked(theirs), ["submit", "/status", "/status", "result"]);
      assert.deepEqual(ours.outcome.value.data, theirs.outcome.value.data);
    },
  },
  {
    id: "subscribe-to-status-polling",
    what: "subscribeToStatus polls, and resolves with the last status",
    answers: [status("IN_QUEUE", { queue_position: 0 }), status("COMPLETED", { logs: [] })],
    run: ({ client, note }) => client().queue.subscribeToStatus(APP, following(note, { mode: "polling", pollInterval: 10 })),
  },
  {
    id: "subscribe-to-status-streaming",
    what: "subscribeToStatus streams, and gathers the logs",
    answers: [stream(toEnd)],
    run: ({ client, note }) => client().queue.subscribeToStatus(APP, following(note, { mode: "streaming", logs: true })),
  },
  {
    id: "subscribe-to-status-by-default",
    what: "subscribeToStatus without a mode resolves with all the logs",
    differs: ["follow-by-stream"],
    answers: [stream(toEnd), status("IN_PROGRESS", { logs: [log("one")] }), status("COMPLETED", { logs: [log("one"), log("two")], metrics: { inference_time: 1 } })],
    run: ({ client, note }) => client().queue.subscribeToStatus(APP, following(note, { logs: true })),
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.outcome.value.logs, [log("one"), log("two")]);
      assert.deepEqual(ours.outcome.value.logs, theirs.outcome.value.logs);
    },
  },
  {
    id: "subscribe-to-status-refused",
    what: "subscribeToStatus of an unknown request",
    answers: [status("", {}, { status: 404, body: { status: "NOT_FOUND" } })],
    run: ({ client, note }) => client().queue.subscribeToStatus(APP, following(note, { mode: "polling" })),
  },
  {
    id: "stream-status",
    what: "streamStatus gives each status as it comes",
    answers: [stream(toEnd)],
    run: async ({ client, note }) => {
      const statuses = await client().queue.streamStatus(APP, { requestId: REQUEST_ID });
      statuses.on("data", (data) => note("data", data));
      return statuses.done();
    },
  },
  {
    id: "stream-status-logs",
    what: "streamStatus with logs, iterated",
    answers: [stream(toEnd)],
    run: async ({ client, note }) => {
      for await (const one of await client().queue.streamStatus(APP, { requestId: REQUEST_ID, logs: true })) note("data", one);
    },
  },
  {
    id: "stream-status-refused",
    what: "streamStatus of an unknown request",
    answers: [{ to: "/status/stream", status: 404, body: { status: "NOT_FOUND" } }],
    run: async ({ client, note, settled }) => {
      const statuses = await client().queue.streamStatus(APP, { requestId: REQUEST_ID });
      statuses.on("error", (error) => note("error", error));
      return settled(statuses.done());
    },
  },
  {
    id: "stream-status-client",
    what: "streamStatus straight from the page, with the default token",
    answers: [{ to: "https://rest.fal.ai/tokens/", body: '"jwt-1"', headers: { "content-type": "application/json" } }, stream(toEnd)],
    run: async ({ client }) => (await client().queue.streamStatus(APP, { requestId: REQUEST_ID, connectionMode: "client" })).done(),
  },
  { id: "subscribe-streaming", what: "subscribe in streaming mode", answers: [submitted(), stream(toEnd), result()], run: subscribe({ logs: true }) },
  { id: "subscribe-streaming-done-at-once", what: "with one event", answers: [submitted(), stream(toEnd.slice(3)), result()], run: subscribe() },
  {
    id: "subscribe-streaming-pieces",
    what: "events that arrive in pieces, with comments between",
    answers: [submitted(), stream([": ping\n\n", toEnd[0].slice(0, 30), 20, toEnd[0].slice(30) + toEnd[1], ":\n", toEnd[3]]), result()],
    run: subscribe(),
  },
  {
    id: "subscribe-streaming-job-fails",
    what: "a job that failed",
    answers: [submitted(), stream([event(at("COMPLETED", { logs: [], error: "Invalid status code: 422" }))]), result({ detail: "no" }, { status: 422 })],
    run: subscribe(),
  },
  {
    id: "subscribe-default",
    what: "subscribe without a mode polls",
    answers: [submitted(), status("IN_QUEUE", { queue_position: 1 }), status("COMPLETED", { logs: [] }), result()],
    run: subscribe({ mode: undefined, pollInterval: 10 }),
  },
];
