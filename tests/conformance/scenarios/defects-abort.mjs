// Defects 9 to 12 of @fal-ai/client 1.10.1: aborts and timeouts.
// Each scenario shows that the official client has the defect, and that this package does not.
import { APP, REQUEST_ID, cancelled, event, events, result, status, submitted } from "../page/wire.mjs";

const ask = (client, options) => client.queue.status(APP, { requestId: REQUEST_ID, ...options });
const queued = status("IN_QUEUE", { queue_position: 1 });
const statusStream = (chunks, more) => events(chunks, { method: "GET", to: "/status/stream?", ...more });
const running = event({ status: "IN_PROGRESS", request_id: REQUEST_ID, response_url: "https://queue.fal.run/x", logs: [] });
const thrown = ({ outcome }) => outcome.thrown?.["«error»"] ?? outcome.value?.thrown?.["«error»"];
const names = ({ notes }) => notes.map(([name]) => name);
const cancels = ({ requests }) => requests.filter(({ method }) => method === "PUT").length;

export const scenarios = [
  {
    id: "defect-9-abort-in-back-off",
    what: "an abort during a back-off settles at once",
    fresh: true,
    // Makes the back-off far longer than the test waits.
    pace: 10,
    differs: ["abort-at-once"],
    answers: [status("", {}, { status: 503, times: 9, body: { detail: "busy" } })],
    run: async ({ client, sleep, settled, within }) => {
      const controller = new AbortController();
      // Count from the whole answer, because the back-off begins with it, however long the answer takes.
      const answered = async (/** @type {Parameters<typeof fetch>} */ ...request) => {
        const response = await fetch(...request);
        const body = await response.text();
        sleep(500).then(() => controller.abort());
        return new Response(body, response);
      };
      return within(5000, settled(ask(client({ fetch: answered }), { abortSignal: controller.signal })));
    },
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "still pending");
      assert.equal(thrown(ours).name, "AbortError");
    },
  },
  {
    id: "defect-10-streaming-timeout",
    what: "a timeout rejects in streaming mode too",
    fresh: true,
    linger: 2_000,
    differs: ["timeout-error"],
    answers: [submitted(), statusStream([running], { hold: true }), cancelled(), result({ detail: "Request is still in progress" }, { status: 400 })],
    run: ({ client }) => client().queue.subscribeToStatus(APP, { requestId: REQUEST_ID, mode: "streaming", timeout: 250 }),
    check({ theirs, ours, assert }) {
      assert.ok("value" in theirs.outcome, "theirs resolves");
      assert.ok(names(theirs).includes("uncaught error"));
      assert.equal(thrown(ours).name, "TimeoutError");
      assert.equal(cancels(ours), 1);
      assert.deepEqual(names(ours), []);
    },
  },
  {
    id: "defect-11-streaming-abort",
    what: "an abort settles in streaming mode too",
    fresh: true,
    linger: 2_000,
    differs: ["abort-cancels"],
    answers: [submitted(), statusStream([running], { hold: true }), cancelled()],
    run: ({ client, sleep, within, settled }) => {
      const controller = new AbortController();
      const onQueueUpdate = () => sleep(50).then(() => controller.abort());
      return within(2000, settled(client().subscribe(APP, { input: {}, mode: "streaming", abortSignal: controller.signal, onQueueUpdate })));
    },
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "still pending");
      assert.equal(thrown(ours).name, "AbortError");
      assert.equal(cancels(ours), 1);
    },
  },
  {
    id: "defect-12-polling-abort",
    what: "an abort while polling settles at once, and cancels the job",
    fresh: true,
    linger: 2_000,
    // Puts the next poll far later than the test waits.
    pace: 10,
    differs: ["abort-cancels"],
    answers: [submitted(), { ...queued, times: 99 }, cancelled()],
    run: ({ client, sleep, settled, within }) => {
      const controller = new AbortController();
      const onQueueUpdate = () => sleep(100).then(() => controller.abort());
      const options = { input: {}, mode: "polling", pollInterval: 900, abortSignal: controller.signal, onQueueUpdate };
      return within(3000, settled(client().subscribe(APP, options)));
    },
    check({ theirs, ours, assert }) {
      assert.deepEqual([theirs.outcome.value, cancels(theirs)], ["still pending", 0]);
      assert.deepEqual([thrown(ours).name, cancels(ours)], ["AbortError", 1]);
    },
  },
];
