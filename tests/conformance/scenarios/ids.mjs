// Endpoint ids: every form of protocol §2, and texts that are no ids.
import { REQUEST_ID, ran, result, status, submitted } from "../page/wire.mjs";

const queued = status("IN_QUEUE", { queue_position: 0 });
const submit = (id, what, more) => ({ id: `id-submit-${slug(id)}`, what, answers: [submitted()], run: ({ client }) => client().queue.submit(id, { input: { a: 1 } }), ...more });
const follow = (id, what, more) => ({ id: `id-status-${slug(id)}`, what, answers: [queued], run: ({ client }) => client().queue.status(id, { requestId: REQUEST_ID }), ...more });
const parse = (id, what, more) => ({ id: `id-parse-${slug(id)}`, what, run: ({ lib }) => lib.parseEndpointId(id), ...more });

export const scenarios = [
  submit("acme/app", "owner and alias"),
  submit("acme/app/v2/fast", "a subpath"),
  submit("workflows/acme/flow", "a workflow"),
  submit("comfy/acme/graph", "a comfy graph"),
  submit("1234-my-app", "the legacy form"),
  submit("https://queue.fal.run/acme/app", "a whole URL gets a slash at its end"),
  submit("https://fal.run/acme/app/", "a whole URL with its slash"),
  submit("acme/app/", "a slash at the end", { differs: ["trailing-slash"] }),
  submit("acme", "no alias"),
  submit("", "nothing"),
  submit("my-app", "a legacy form without a number"),
  submit("acme/../app", "dots that climb", { differs: ["bad-ids"], check: refusedByUs }),
  submit("acme/app?x=1", "a query", { differs: ["bad-ids"], check: refusedByUs }),
  submit("acme/app#x", "a fragment", { differs: ["bad-ids"], check: refusedByUs }),
  submit("acme//app", "an empty part", { differs: ["bad-ids"], check: refusedByUs }),
  submit(7, "a number", { id: "id-submit-number" }),
  submit(undefined, "undefined", { id: "id-submit-undefined" }),
  follow("acme/app/v2", "a status leaves the subpath out"),
  follow("workflows/acme/flow/step", "but not the namespace"),
  follow("comfy/acme/graph", "nor that of comfy"),
  follow("1234-my-app", "the legacy form"),
  follow("acme", "no alias"),
  {
    id: "id-result-namespace",
    what: "a result in a namespace",
    answers: [result()],
    run: ({ client }) => client().queue.result("workflows/acme/flow", { requestId: REQUEST_ID }),
  },
  {
    id: "id-request-empty",
    what: "an empty request id",
    answers: [{ to: "queue.fal.run", body: { detail: "?" }, status: 404 }],
    differs: ["bad-ids"],
    run: ({ client }) => client().queue.status("acme/app", { requestId: "" }),
    check: refusedByUs,
  },
  {
    id: "id-request-climbs",
    what: "a request id that climbs out of its place",
    answers: [{ to: "queue.fal.run", body: { detail: "?" }, status: 404 }],
    differs: ["bad-ids"],
    run: ({ client }) => client().queue.cancel("acme/app", { requestId: "../../other/app/requests/1" }),
    check: refusedByUs,
  },
  { id: "id-run-namespace", what: "a run of a workflow", answers: [ran()], run: ({ client }) => client().run("workflows/acme/flow", { input: { a: 1 } }) },
  { id: "id-run-legacy", what: "a run by the legacy form", answers: [ran()], run: ({ client }) => client().run("1234-my-app", { input: { a: 1 } }) },
  { id: "id-run-url", what: "a run by its URL", answers: [ran()], run: ({ client }) => client().run("https://fal.run/acme/app", { input: { a: 1 } }) },
  { id: "id-run-below", what: "a run of a host below fal.run", answers: [{ to: "https://gateway.fal.run/", body: {} }], run: ({ client }) => client().run("https://gateway.fal.run/acme/app", { input: { a: 1 } }) },
  {
    id: "id-run-no-alias",
    what: "a URL without an alias",
    answers: [{ to: "https://gateway.fal.run/", body: {} }],
    differs: ["bad-ids"],
    run: ({ client }) => client().run("https://gateway.fal.run/x", { input: { a: 1 } }),
    check: refusedByUs,
  },
  parse("acme/app", "owner and alias"),
  parse("acme/app/v2/fast", "a path"),
  parse("workflows/acme/flow/step", "a namespace"),
  parse("comfy/acme/graph", "the other namespace"),
  parse("1234-my-app", "the legacy form"),
  parse("acme", "no alias throws"),
];

function slug(id) {
  const words = { ".": "dot", "?": "query", "#": "fragment", ":": "colon" };
  return String(id).replaceAll(/[.?#:]/g, (mark) => words[mark]).replaceAll("//", "/none/").replace(/\/$/, "/slash").replaceAll("/", "-") || "empty";
}

function refusedByUs({ ours, assert }) {
  assert.equal(ours.requests.length, 0, "nothing is sent");
  assert.ok(ours.outcome.thrown["«error»"].message.length > 20);
}
