// config: credentials and the environment.
import { APP, REQUEST_ID, cancelled, status } from "../page/wire.mjs";

const ask = (client) => client.queue.status(APP, { requestId: REQUEST_ID });
const answers = [status("IN_QUEUE", { queue_position: 3 }, { times: 9 })];

/** Runs `call` while the page has these environment variables, as bundlers provide them. */
async function withEnv(env, call) {
  Object.assign(window, { process: { env } });
  try {
    return await call();
  } finally {
    Reflect.deleteProperty(window, "process");
  }
}

export const scenarios = [
  { id: "credentials-string", what: "a key is sent as Authorization: Key …", answers, run: ({ client }) => ask(client({ credentials: "a:b" })) },
  {
    id: "credentials-function",
    what: "a function is asked for the key with every request",
    answers,
    run: async ({ client, note }) => {
      let asked = 0;
      const one = client({ credentials: () => `key:${asked++}` });
      asked = 0;
      await ask(one);
      await ask(one);
      note("asked", asked);
    },
  },
  { id: "credentials-none", what: "without a key there is no Authorization", answers, run: ({ client }) => ask(client({ credentials: undefined })) },
  { id: "credentials-empty", what: "an empty key is no key", answers, run: ({ client }) => ask(client({ credentials: "" })) },
  { id: "credentials-function-none", what: "a function may have no key", answers, run: ({ client }) => ask(client({ credentials: () => undefined })) },
  {
    id: "credentials-function-throws",
    what: "what a credentials function throws rejects the call",
    answers,
    run: ({ client }) => {
      let isMade = false;
      const one = client({ credentials: () => { if (isMade) throw new RangeError("no key today"); } });
      isMade = true;
      return ask(one);
    },
  },
  { id: "credentials-warning", what: "a key in a page is warned of", run: ({ lib }) => void lib.createFalClient({ credentials: "a:b" }) },
  { id: "credentials-warning-off", what: "unless that is suppressed", run: ({ lib }) => void lib.createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true }) },
  { id: "credentials-warning-function", what: "a key from a function is warned of too", run: ({ lib }) => void lib.createFalClient({ credentials: () => "a:b" }) },
  { id: "credentials-warning-none", what: "no key, no warning", run: ({ lib }) => void lib.createFalClient() },
  { id: "env-key", what: "FAL_KEY is the default key", answers, run: ({ lib }) => withEnv({ FAL_KEY: "e:k" }, () => ask(lib.createFalClient())) },
  {
    id: "env-key-id-and-secret",
    what: "FAL_KEY_ID and FAL_KEY_SECRET are the other default",
    answers,
    run: ({ lib }) => withEnv({ FAL_KEY_ID: "i", FAL_KEY_SECRET: "s" }, () => ask(lib.createFalClient())),
  },
  { id: "env-key-id-alone", what: "half of a pair is no key", answers, run: ({ lib }) => withEnv({ FAL_KEY_ID: "i" }, () => ask(lib.createFalClient())) },
  { id: "env-loses", what: "a configured key wins over the environment", answers, run: ({ client }) => withEnv({ FAL_KEY: "e:k" }, () => ask(client())) },
  {
    id: "fal-config",
    what: "fal.config replaces the configuration of fal as a whole",
    answers,
    run: async ({ lib }) => {
      lib.fal.config({ credentials: "first:key", suppressLocalCredentialsWarning: true });
      await ask(lib.fal);
      lib.fal.config({});
      await ask(lib.fal);
    },
  },
  {
    id: "fal-config-leaves-clients",
    what: "fal.config leaves clients of their own alone",
    answers,
    run: async ({ lib, client }) => {
      const one = client({ credentials: "own:key" });
      lib.fal.config({ credentials: "shared:key", suppressLocalCredentialsWarning: true });
      await ask(one);
      lib.fal.config({});
    },
  },
  {
    id: "retry-option-on-cancel",
    what: "retry options apply to a cancel",
    pace: 0.02,
    answers: [cancelled({ status: 503, times: 2, body: { detail: "busy" } }), cancelled()],
    run: ({ client }) => client({ retry: { maxRetries: 2 } }).queue.cancel(APP, { requestId: REQUEST_ID }),
  },
  {
    id: "retry-option-none",
    what: "maxRetries 0 turns retries off",
    answers: [cancelled({ status: 503, body: { detail: "busy" } })],
    run: ({ client }) => client({ retry: { maxRetries: 0 } }).queue.cancel(APP, { requestId: REQUEST_ID }),
  },
  {
    id: "retry-option-codes",
    what: "retryableStatusCodes names other statuses",
    pace: 0.02,
    answers: [cancelled({ status: 418, body: { detail: "tea" } }), cancelled()],
    run: ({ client }) => client({ retry: { retryableStatusCodes: [418] } }).queue.cancel(APP, { requestId: REQUEST_ID }),
  },
  {
    id: "retry-option-on-status",
    what: "retry options apply to queue calls",
    pace: 0.02,
    differs: ["retry-options"],
    answers: [status("IN_QUEUE", {}, { status: 503, body: { detail: "busy" } }), status("IN_QUEUE", { queue_position: 1 })],
    run: ({ client }) => client({ retry: { maxRetries: 0 } }).queue.status(APP, { requestId: REQUEST_ID }),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.requests.length, 2, "their own options overrule the caller's");
      assert.equal(ours.requests.length, 1);
      assert.equal(ours.outcome.thrown["«error»"].status, 503);
    },
  },
];
