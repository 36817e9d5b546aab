// Connections that break, before an answer or in the middle of one.
import { APP, REQUEST_ID, cancelled, ran, result, status, stored, submitted } from "../page/wire.mjs";

const lost = { cut: "answer", times: 9 };
const half = { body: undefined, chunks: ['{"a":', 40], cut: "body", headers: { "content-type": "application/json", "x-fal-request-id": REQUEST_ID } };
const sends = (side, count) => ({ theirs, ours, assert }) => {
  const requests = { theirs, ours }[side].requests;
  assert.equal(requests.length, count, `${side} sends ${count}`);
  assert.equal(theirs.requests.length, 1, "theirs gives up at once");
};

export const scenarios = [
  { id: "lost-submit", what: "a submit without an answer is not sent again", pace: 0.01, answers: [submitted(lost)], run: ({ client }) => client().queue.submit(APP, { input: {} }), check: sends("ours", 1) },
  { id: "lost-run", what: "nor is a run", pace: 0.01, answers: [ran({}, lost)], run: ({ client }) => client().run(APP, { input: {} }), check: sends("ours", 1) },
  {
    id: "lost-status",
    what: "a status is, five times",
    pace: 0.01,
    differs: ["browser-network-errors"],
    answers: [status("", {}, lost)],
    run: ({ client }) => client().queue.status(APP, { requestId: REQUEST_ID }),
    check: sends("ours", 6),
  },
  {
    id: "lost-result",
    what: "a result is, five times",
    pace: 0.01,
    differs: ["browser-network-errors"],
    answers: [result({}, lost)],
    run: ({ client }) => client().queue.result(APP, { requestId: REQUEST_ID }),
    check: sends("ours", 6),
  },
  {
    id: "lost-cancel",
    what: "and so is a cancel",
    pace: 0.01,
    differs: ["browser-network-errors"],
    answers: [cancelled(lost)],
    run: ({ client }) => client().queue.cancel(APP, { requestId: REQUEST_ID }),
    check: sends("ours", 4),
  },
  {
    id: "lost-upload",
    what: "the bytes of an upload are sent again",
    pace: 0.01,
    differs: ["uploads-retried"],
    answers: [{ method: "PUT", to: "/put/", cut: "answer" }, ...stored({ times: 2 })],
    run: ({ client }) => client().storage.upload(new File(["abc"], "a.txt", { type: "text/plain" })),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.thrown["«error»"].message, "Failed to fetch");
      assert.equal(ours.outcome.value, "https://v3b.fal.media«file 1»in.bin");
    },
  },
  {
    id: "lost-in-result",
    what: "a result that breaks off is fetched again",
    pace: 0.01,
    differs: ["browser-network-errors"],
    answers: [result(undefined, half), result({ a: 1 })],
    run: ({ client }) => client().queue.result(APP, { requestId: REQUEST_ID }),
    check({ theirs, ours, assert }) {
      assert.ok(theirs.outcome.thrown);
      assert.deepEqual(ours.outcome.value.data, { a: 1 });
    },
  },
  {
    id: "lost-in-submit",
    what: "a submit whose answer breaks off is not sent again",
    pace: 0.01,
    answers: [submitted(half)],
    run: ({ client }) => client().queue.submit(APP, { input: {} }),
    check: sends("ours", 1),
  },
];
