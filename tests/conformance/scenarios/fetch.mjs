// A custom fetch, and a custom response handler.
import { APP, REQUEST_ID, ran, result, status, stored, submitted } from "../page/wire.mjs";

/**
 * A `fetch` that records its arguments and answers with `body`.
 * @type {(note: (name: string, ...values: unknown[]) => void, body?: unknown, init?: ResponseInit) => typeof fetch}
 */
const noteCalls = (note, body = { ok: true }, init) => async (url, options) => {
  const { method, headers, body: sent, mode, signal } = options ?? {};
  note("fetch", typeof url, String(url), { method, headers: Object.fromEntries(new Headers(headers)), sent, mode, signal: signal ? "signal" : "none" });
  return Response.json(body, init);
};
const ask = (client) => client.queue.status(APP, { requestId: REQUEST_ID });

export const scenarios = [
  { id: "fetch-status", what: "a custom fetch gets (url, init)", differs: ["fetch-signal"], run: ({ client, note }) => ask(client({ fetch: noteCalls(note, { status: "IN_QUEUE", queue_position: 0, response_url: "x" }) })) },
  {
    id: "fetch-submit",
    what: "a custom fetch of a submit gets the body as text",
    differs: ["fetch-signal"],
    run: ({ client, note }) => client({ fetch: noteCalls(note, { request_id: "r-1", status: "IN_QUEUE" }) }).queue.submit(APP, { input: { prompt: "é", n: 1 } }),
  },
  { id: "fetch-run", what: "a custom fetch of a run", differs: ["fetch-signal"], run: ({ client, note }) => client({ fetch: noteCalls(note) }).run(APP, { input: { prompt: "x" } }) },
  {
    id: "fetch-upload",
    what: "a custom fetch of an upload sends the bytes too",
    differs: ["fetch-signal"],
    run: ({ client, note }) =>
      client({ fetch: noteCalls(note, { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/x" }) }).storage.upload(new File(["abc"], "a.txt", { type: "text/plain" })),
  },
  { id: "fetch-throws", pace: 0.01, what: "what a custom fetch throws, where it is no network error", run: ({ client }) => ask(client({ fetch: () => Promise.reject(new RangeError("own failure")) })) },
  {
    id: "fetch-throws-in-submit",
    what: "the same for a submit",
    run: ({ client }) => client({ fetch: () => Promise.reject(new RangeError("own failure")) }).queue.submit(APP, { input: {} }),
  },
  {
    id: "fetch-gets-key-for-run",
    what: "a custom fetch is given the headers as they are sent",
    run: ({ client, note }) => client({ credentials: "a:b", fetch: async (_, { headers }) => (note("authorization", new Headers(headers).get("authorization")), Response.json({})) }).run(APP, {}),
  },
  {
    id: "response-handler-status",
    what: "a response handler makes what a status resolves with",
    answers: [status("IN_QUEUE", { queue_position: 3 })],
    run: ({ client, note }) => ask(client({ responseHandler: async (response) => (note("handled", response.status, response instanceof Response), { own: await response.text().then((text) => text.length > 10) }) })),
  },
  {
    id: "response-handler-submit",
    what: "and a submit",
    answers: [submitted()],
    run: ({ client }) => client({ responseHandler: async (response) => ({ ...(await response.json()), own: 1 }) }).queue.submit(APP, { input: {} }),
  },
  { id: "response-handler-result", what: "not a result", answers: [result()], run: ({ client, note }) => client({ responseHandler: () => note("handled") }).queue.result(APP, { requestId: REQUEST_ID }) },
  { id: "response-handler-run", what: "nor a run", answers: [ran()], run: ({ client, note }) => client({ responseHandler: () => note("handled") }).run(APP, {}) },
  {
    id: "response-handler-throws",
    what: "what it throws rejects the call",
    answers: [status("IN_QUEUE", {})],
    run: ({ client }) => ask(client({ responseHandler: () => Promise.reject(new RangeError("own refusal")) })),
  },
  {
    id: "response-handler-sees-errors",
    what: "it is given error answers too",
    answers: [status("IN_QUEUE", {}, { status: 404, body: { detail: "none" } })],
    run: ({ client, note }) => ask(client({ responseHandler: async (response) => (note("handled", response.status), "own answer") })),
  },
  {
    id: "response-handler-upload",
    what: "it is given both answers of an upload",
    answers: stored(),
    run: ({ client, note }) =>
      client({ responseHandler: async (response) => (note("handled", response.status), response.json()) }).storage.upload(new File(["abc"], "a.txt")),
  },
];
