// proxyUrl: the protocol of fal's server proxy, and the conditions for using it.
import { APP, REQUEST_ID, ran, result, status, stored, submitted } from "../page/wire.mjs";

const answers = [status("IN_QUEUE", { queue_position: 3 }, { times: 3 })];
const ask = (client) => client.queue.status(APP, { requestId: REQUEST_ID });
const keyless = (config) => ({ client }) => ask(client({ credentials: undefined, ...config }));
const PROXY = "/api/fal/proxy";

export const scenarios = [
  { id: "proxy-string", what: "the real URL travels in x-fal-target-url", answers, run: keyless({ proxyUrl: PROXY }) },
  { id: "proxy-object", what: "an object names the proxy too", answers, run: keyless({ proxyUrl: { url: PROXY } }) },
  { id: "proxy-always", what: "when: always", answers, run: keyless({ proxyUrl: { url: PROXY, when: "always" } }) },
  { id: "proxy-browser", what: "when: browser, in a page", answers, run: keyless({ proxyUrl: { url: PROXY, when: "browser" } }) },
  { id: "proxy-when-false", what: "a predicate that says no", answers, run: keyless({ proxyUrl: { url: PROXY, when: () => false } }) },
  {
    id: "proxy-when-env",
    what: "a predicate is told where it runs, at every request",
    answers,
    run: async ({ client, note }) => {
      const when = (env) => (note("when", env), true);
      const one = client({ credentials: undefined, proxyUrl: { url: PROXY, when } });
      await ask(one);
      await ask(one);
    },
  },
  { id: "proxy-absolute", what: "a proxy on another origin", answers, run: keyless({ proxyUrl: "https://queue.fal.run/relay" }) },
  {
    id: "proxy-with-key",
    what: "a key beside a proxy",
    answers,
    run: ({ client }) => ask(client({ credentials: "a:b", proxyUrl: PROXY })),
    check({ theirs, ours, assert }) {
      for (const { requests } of [theirs, ours]) assert.equal(requests[0].headers.authorization, "Key a:b");
    },
  },
  { id: "proxy-submit", what: "a submit through the proxy", answers: [submitted()], run: ({ client }) => client({ credentials: undefined, proxyUrl: PROXY }).queue.submit(APP, { input: { prompt: "x" }, priority: "low" }) },
  { id: "proxy-run", what: "a run through the proxy", answers: [ran()], run: ({ client }) => client({ credentials: undefined, proxyUrl: PROXY }).run(APP, { input: { prompt: "x" } }) },
  { id: "proxy-result", what: "a result through the proxy", answers: [result()], run: ({ client }) => client({ credentials: undefined, proxyUrl: PROXY }).queue.result(APP, { requestId: REQUEST_ID }) },
  {
    id: "proxy-result-login-page",
    what: "a proxy's login page in place of a result",
    pace: 0.02,
    differs: ["answers-count", "own-url"],
    answers: [result("<html>Log in</html>", { headers: { "content-type": "text/html" } }), result()],
    run: ({ client }) => client({ credentials: undefined, proxyUrl: PROXY }).queue.result(APP, { requestId: REQUEST_ID }),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value.data, "<html>Log in</html>");
      assert.equal(ours.outcome.value.data.seed, 7);
      const [first, again] = ours.requests.map(({ url }) => new URL(url));
      assert.equal(first.search, "");
      assert.match(again.search, /^\?fal-try=/);
      assert.equal(again.pathname, first.pathname);
    },
  },
  {
    id: "proxy-upload",
    what: "of an upload only the first step goes through the proxy",
    answers: stored(),
    run: ({ client }) => client({ credentials: undefined, proxyUrl: PROXY }).storage.upload(new File(["abc"], "a.txt", { type: "text/plain" })),
  },
  {
    id: "proxy-refuses",
    what: "a proxy's own refusal in plain text",
    answers: [{ to: "/status", status: 400, body: "Invalid request" }],
    differs: ["text-error-body"],
    run: keyless({ proxyUrl: PROXY }),
  },
];
