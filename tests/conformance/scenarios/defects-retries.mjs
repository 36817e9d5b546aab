// Defects 1 to 4 of @fal-ai/client 1.10.1: errors and retries.
// Each scenario shows that the official client has the defect, and that this package does not.
import { APP, REQUEST_ID, status, submitted } from "../page/wire.mjs";

const ask = (client, options) => client.queue.status(APP, { requestId: REQUEST_ID, ...options });
const queued = status("IN_QUEUE", { queue_position: 1 });
const thrown = ({ outcome }) => outcome.thrown?.["«error»"] ?? outcome.value?.thrown?.["«error»"];

export const scenarios = [
  {
    id: "defect-1-network-error",
    what: "a lost connection is tried again",
    pace: 0.01,
    differs: ["browser-network-errors"],
    answers: [status("", {}, { cut: "answer" }), queued],
    run: ({ client }) => ask(client()),
    check({ theirs, ours, assert }) {
      assert.equal(thrown(theirs).message, "Failed to fetch");
      assert.equal(theirs.requests.length, 1);
      assert.equal(ours.outcome.value.queue_position, 1);
      assert.equal(ours.requests.length, 2);
    },
  },
  {
    id: "defect-2-retry-after",
    what: "Retry-After is obeyed",
    pace: 0.1,
    differs: ["retry-after"],
    answers: [status("", {}, { status: 429, headers: { "retry-after": "30" }, body: { detail: "busy" } }), queued],
    run: async ({ client, note }) => {
      const from = performance.now();
      await ask(client());
      note("waited", performance.now() - from > 2_500 ? "as told" : "less than told");
    },
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.notes, [["waited", "less than told"]]);
      assert.deepEqual(ours.notes, [["waited", "as told"]]);
    },
  },
  {
    id: "defect-2-submit-repeated",
    what: "a submit that may have arrived is not sent again",
    pace: 0.01,
    differs: ["never-pay-twice"],
    answers: [submitted({ status: 502, body: { detail: "bad gateway" } }), submitted()],
    run: ({ client }) => client().queue.submit(APP, { input: {} }),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.requests.length, 2, "theirs submits twice");
      assert.equal(ours.requests.length, 1);
      assert.equal(thrown(ours).status, 502);
    },
  },
  {
    id: "defect-3-empty-message",
    what: "a message says why",
    answers: [status("", {}, { status: 403, body: { detail: "User is locked. Reason: Exhausted balance." } })],
    run: ({ client }) => ask(client()),
    check({ theirs, ours, assert }) {
      assert.equal(thrown(theirs).message, "");
      assert.match(thrown(ours).message, /^User is locked\. Reason: Exhausted balance\./);
    },
  },
  {
    id: "defect-4-broken-error-body",
    what: "a broken error body is an ApiError, and is tried again",
    pace: 0.01,
    differs: ["bad-json"],
    answers: [status("", {}, { status: 502, body: '{"detail":', headers: { "content-type": "application/json" } }), queued],
    run: ({ client }) => ask(client()),
    check({ theirs, ours, assert }) {
      assert.equal(thrown(theirs).name, "SyntaxError");
      assert.equal(ours.outcome.value.queue_position, 1);
    },
  },
];
