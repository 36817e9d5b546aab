// requestMiddleware, withMiddleware, withProxy.
import { APP, REQUEST_ID, status, submitted } from "../page/wire.mjs";

const answers = [status("IN_QUEUE", { queue_position: 3 }, { times: 3 })];
const ask = (client) => client.queue.status(APP, { requestId: REQUEST_ID });
const addHeader = (name, note) => async (request) => {
  note(name, request);
  return { ...request, headers: { ...request.headers, [`x-${name}`]: "1" } };
};

export const scenarios = [
  { id: "middleware-sees-status", what: "what a middleware sees of a status", answers, run: ({ client, note }) => ask(client({ requestMiddleware: addHeader("seen", note) })) },
  {
    id: "middleware-sees-submit",
    what: "what a middleware sees of a submit",
    answers: [submitted()],
    run: ({ client, note }) => client({ requestMiddleware: addHeader("seen", note) }).queue.submit(APP, { input: { a: 1 }, hint: "h", startTimeout: 30, headers: { "X-Own": "o" } }),
  },
  {
    id: "middleware-changes-url",
    what: "a middleware may send a request elsewhere",
    answers,
    run: ({ client }) => ask(client({ requestMiddleware: async (request) => ({ ...request, url: `${request.url}&more=1` }) })),
  },
  {
    id: "middleware-changes-method",
    what: "a middleware may change the method",
    answers: [{ to: "/status", body: { status: "IN_QUEUE", changed: true } }],
    run: ({ client }) => ask(client({ requestMiddleware: async (request) => ({ ...request, method: "POST" }) })),
  },
  {
    id: "middleware-overrides-headers",
    what: "headers of a middleware win over the client's",
    answers,
    run: ({ client }) => ask(client({ requestMiddleware: async (request) => ({ ...request, headers: { Accept: "application/x-own", Authorization: "Bearer own" } }) })),
  },
  {
    id: "middleware-throws",
    what: "what a middleware throws rejects the call, unchanged",
    run: ({ client }) => ask(client({ requestMiddleware: () => Promise.reject(new RangeError("not today")) })),
  },
  {
    id: "middleware-each-attempt",
    what: "a middleware is called for every attempt",
    pace: 0.02,
    answers: [status("IN_QUEUE", {}, { status: 503, body: {} }), status("IN_QUEUE", { queue_position: 1 })],
    run: ({ client, note }) => ask(client({ requestMiddleware: async (request) => (note("attempt"), request) })),
  },
  { id: "middleware-before-proxy", what: "the middleware runs before the proxy", answers, run: ({ client, note }) => ask(client({ credentials: undefined, proxyUrl: "/api/fal/proxy", requestMiddleware: addHeader("first", note) })) },
  {
    id: "middleware-own-target",
    what: "a target URL that is set already turns the proxy off",
    answers,
    run: ({ client }) => {
      const requestMiddleware = async (request) => ({ ...request, headers: { "x-fal-target-url": request.url } });
      return ask(client({ credentials: undefined, proxyUrl: "/api/fal/proxy", requestMiddleware }));
    },
  },
  {
    id: "with-middleware",
    what: "withMiddleware chains in order, and leaves out what is no function",
    answers,
    run: ({ lib, client, note }) => ask(client({ requestMiddleware: lib.withMiddleware(addHeader("one", note), undefined, addHeader("two", note)) })),
  },
  { id: "with-middleware-none", what: "withMiddleware of nothing changes nothing", answers, run: ({ lib, client }) => ask(client({ requestMiddleware: lib.withMiddleware() })) },
  {
    id: "with-proxy",
    what: "withProxy as a middleware",
    answers,
    run: ({ lib, client }) => ask(client({ credentials: undefined, requestMiddleware: lib.withProxy({ targetUrl: "/api/fal/proxy" }) })),
  },
  {
    id: "with-proxy-alone",
    what: "what withProxy makes of a request",
    run: async ({ lib, note }) => {
      const request = { url: "https://fal.run/acme/app", method: "POST", headers: { a: "1" } };
      note("page", await lib.withProxy({ targetUrl: "/p" })(request));
      note("always", await lib.withProxy({ targetUrl: "/p", when: "always" })(request));
      note("never", await lib.withProxy({ targetUrl: "/p", when: () => false })(request));
      note("again", await lib.withProxy({ targetUrl: "/p" })({ ...request, headers: { "x-fal-target-url": "set" } }));
      note("no headers", await lib.withProxy({ targetUrl: "/p" })({ url: "https://fal.run/a", method: "GET" }));
    },
  },
  {
    id: "with-both",
    what: "withMiddleware and withProxy together",
    answers,
    run: ({ lib, client, note }) =>
      ask(client({ credentials: undefined, requestMiddleware: lib.withMiddleware(addHeader("one", note), lib.withProxy({ targetUrl: "/api/fal/proxy" }), addHeader("two", note)) })),
  },
];
