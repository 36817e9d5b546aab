// queue.submit: every option, and the inputs that are refused.
import { APP, submitted } from "../page/wire.mjs";

const submit = (options, id = APP) => ({ client }) => client().queue.submit(id, options);
const input = { prompt: "a quiet sea" };
const answers = [submitted()];
const settings = (id, what, storageSettings) => ({ id: `submit-${id}`, what, answers, run: submit({ input, storageSettings }) });

export const scenarios = [
  { id: "submit", what: "input is the body, the reply the result", answers, run: submit({ input }) },
  { id: "submit-no-input", what: "no input, no body", answers, run: submit({}) },
  { id: "submit-webhook", what: "webhookUrl becomes fal_webhook", answers, run: submit({ input, webhookUrl: "https://hook.test/done?a=1&b=ü" }) },
  { id: "submit-webhook-empty", what: "an empty webhookUrl is none", answers, run: submit({ input, webhookUrl: "" }) },
  { id: "submit-priority-low", what: "priority low", answers, run: submit({ input, priority: "low" }) },
  { id: "submit-priority-normal", what: "priority normal", answers, run: submit({ input, priority: "normal" }) },
  { id: "submit-hint", what: "hint", answers, run: submit({ input, hint: "lora-7" }) },
  { id: "submit-hint-empty", what: "an empty hint is none", answers, run: submit({ input, hint: "" }) },
  { id: "submit-start-timeout", what: "startTimeout", answers, run: submit({ input, startTimeout: 30 }) },
  { id: "submit-start-timeout-one", what: "startTimeout of 1 is refused", run: submit({ input, startTimeout: 1 }) },
  { id: "submit-start-timeout-negative", what: "a negative startTimeout is refused", run: submit({ input, startTimeout: -5 }) },
  { id: "submit-start-timeout-text", what: "startTimeout as text is refused", run: submit({ input, startTimeout: "30" }) },
  { id: "submit-headers", what: "headers are sent", answers, run: submit({ input, headers: { "X-Fal-Tags": "a=1", "x-own": "2" } }) },
  {
    id: "submit-headers-lose",
    what: "named options win over the headers they stand for",
    answers,
    run: submit({ input, priority: "low", hint: "h", startTimeout: 5, headers: { "X-Fal-Queue-Priority": "normal", "X-Fal-Runner-Hint": "other", "X-Fal-Request-Timeout": "99" } }),
  },
  {
    id: "submit-as-text",
    what: "a reply that a proxy called plain text",
    differs: ["json-as-text"],
    answers: [submitted({ body: JSON.stringify(submitted().body), headers: { "content-type": "text/plain" } })],
    run: submit({ input }),
    check({ theirs, ours, assert }) {
      assert.equal(typeof theirs.outcome.value, "string");
      assert.deepEqual(ours.outcome.value, JSON.parse(theirs.outcome.value));
    },
  },
  { id: "submit-headers-store-io", what: "a header that fal's platform knows", answers, run: submit({ input, headers: { "X-Fal-Store-IO": "0" } }) },
  {
    id: "submit-headers-authorization",
    what: "an Authorization header of the caller's",
    differs: ["one-authorization"],
    answers,
    run: submit({ input, headers: { Authorization: "Bearer of-the-caller" } }),
  },
  settings("expires-immediate", "expiresIn immediate", { expiresIn: "immediate" }),
  settings("expires-1h", "expiresIn 1h", { expiresIn: "1h" }),
  settings("expires-1d", "expiresIn 1d", { expiresIn: "1d" }),
  settings("expires-7d", "expiresIn 7d", { expiresIn: "7d" }),
  settings("expires-30d", "expiresIn 30d", { expiresIn: "30d" }),
  settings("expires-1y", "expiresIn 1y", { expiresIn: "1y" }),
  settings("expires-never", "expiresIn never", { expiresIn: "never" }),
  settings("expires-number", "expiresIn in seconds", { expiresIn: 90 }),
  settings("expires-zero", "expiresIn 0", { expiresIn: 0 }),
  settings("acl", "an initial ACL", { initialAcl: { default: "hide", rules: [{ user: "acme", decision: "allow" }] } }),
  settings("acl-and-expiry", "an ACL and an expiry", { expiresIn: "1d", initialAcl: { default: "forbid" } }),
  settings("settings-empty", "empty storage settings", {}),
  { id: "submit-get", what: "with GET the input is the query", answers: [submitted({ method: "GET" })], run: submit({ input: { prompt: "é &", n: 2 }, method: "get" }) },
  { id: "submit-put", what: "PUT", answers: [submitted({ method: "PUT" })], run: submit({ input, method: "put" }) },
  { id: "submit-get-webhook", what: "GET with a webhook", answers: [submitted({ method: "GET" })], run: submit({ input: { a: 1 }, method: "GET", webhookUrl: "https://hook.test/" }) },
  { id: "submit-retries-429", what: "sent again after 429", pace: 0.02, answers: [submitted({ status: 429, times: 2, body: { detail: "busy" } }), submitted()], run: submit({ input }) },
  {
    id: "submit-503",
    what: "not sent again after 503",
    pace: 0.02,
    differs: ["never-pay-twice"],
    answers: [submitted({ status: 503, body: { detail: "gone" } }), submitted()],
    run: submit({ input }),
    check: ({ theirs, ours, assert }) => assert.deepEqual([theirs.requests.length, ours.requests.length], [2, 1]),
  },
  { id: "submit-401", what: "a wrong key", answers: [submitted({ status: 401, body: { detail: "invalid key credentials" } })], run: submit({ input }) },
  { id: "submit-abort-before", what: "an aborted signal sends nothing", run: submit({ input, abortSignal: AbortSignal.abort() }) },
  {
    id: "submit-upload",
    what: "files in the input are stored first",
    answers: [
      { to: "/storage/upload/initiate?", body: { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.png" } },
      { method: "PUT", to: "/put/x", body: {} },
      submitted(),
    ],
    run: submit({ input: { prompt: "x", image_url: new File(["abc"], "in.png", { type: "image/png" }) } }),
  },
];
