// Defects 5 to 8 of @fal-ai/client 1.10.1: streams and bytes.
// Each scenario shows that the official client has the defect, and that this package does not.
import { APP, REQUEST_ID, event, events, ran } from "../page/wire.mjs";

const streamTo = `https://fal.run/${APP}/stream`;
const thrown = ({ outcome }) => outcome.thrown?.["«error»"] ?? outcome.value?.thrown?.["«error»"];
const names = ({ notes }) => notes.map(([name]) => name);

export const scenarios = [
  {
    id: "defect-5-split-character",
    what: "a character that is cut in two arrives whole",
    differs: ["split-characters"],
    answers: [events([splitBefore(0xa9, event("hé"))[0], 200, splitBefore(0xa9, event("hé"))[1]], { to: streamTo })],
    run: async ({ client }) => (await client().stream(APP, { input: {} })).done(),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "h\ufffd\ufffd");
      assert.equal(ours.outcome.value, "hé");
    },
  },
  {
    id: "stream-done-event",
    what: "an event that says the end",
    differs: ["done-event"],
    answers: [events([event(1), "data: [DONE]\n\n"], { to: streamTo })],
    run: async ({ client }) => (await client().stream(APP, { input: {} })).done(),
    check({ theirs, ours, assert }) {
      assert.ok(thrown(theirs));
      assert.equal(ours.outcome.value, 1);
    },
  },
  {
    id: "defect-5-idle-timeout",
    what: "a stream that goes silent times out",
    fresh: true,
    differs: ["idle-timeout"],
    answers: [events([event(1)], { to: streamTo, hold: true })],
    run: async ({ client, within, settled }) => within(2500, settled((await client().stream(APP, { input: {}, timeout: 300 })).done())),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "still pending");
      assert.equal(thrown(ours).status, 408);
    },
  },
  {
    id: "defect-6-cut-stream",
    what: "a stream that breaks off throws, and nothing is left unhandled",
    differs: ["stream-throws"],
    linger: 2_000,
    answers: [events([event({ n: 1 }), 150], { to: streamTo, cut: "body" })],
    run: async ({ client, note }) => {
      for await (const one of await client().stream(APP, { input: {} })) note("next", one);
      return "ended";
    },
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value, "ended");
      assert.ok(names(theirs).includes("unhandled rejection"));
      assert.ok(thrown(ours));
      assert.deepEqual(names(ours), ["next"]);
    },
  },
  {
    id: "defect-7-aborted-stream-sends",
    what: "a stream with an aborted signal sends nothing",
    differs: ["aborted-signal"],
    linger: 2_000,
    answers: [events([event(1)], { to: streamTo })],
    run: async ({ client, settled, within }) => within(500, settled((async () => (await client().stream(APP, { input: {}, signal: AbortSignal.abort() })).done())())),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.requests.length, 1);
      assert.equal(ours.requests.length, 0);
      assert.equal(ours.outcome.value.thrown["«error»"].name, "AbortError");
    },
  },
  {
    id: "defect-8-image-as-text",
    what: "an image stays an image",
    differs: ["bytes-stay-bytes"],
    answers: [ran(undefined, { body: new Uint8Array([0x89, 0x50, 0xff]), headers: { "content-type": "image/png", "x-fal-request-id": REQUEST_ID } })],
    run: ({ client }) => client().run(APP, { input: {} }),
    check({ theirs, ours, assert }) {
      assert.equal(theirs.outcome.value.data, "\ufffdP\ufffd");
      assert.deepEqual(ours.outcome.value.data, { "«ArrayBuffer»": "8950ff" });
    },
  },
];

/** The bytes of an event, cut before the first byte with this value. */
function splitBefore(byte, text) {
  const bytes = new TextEncoder().encode(text);
  const at = bytes.indexOf(byte);
  return [bytes.slice(0, at), bytes.slice(at)];
}
