// realtime.connect: messages over a WebSocket (protocol §8.1).
import { APP } from "../page/wire.mjs";

const to = `wss://fal.run/${APP}/realtime`;
const token = { to: "https://rest.fal.ai/tokens/", times: 9, body: '"jwt-1"', headers: { "content-type": "application/json" } };
/** {"n":1} and {"n":2} in MessagePack. */
const ONE = new Uint8Array([0x81, 0xa1, 0x6e, 1]);
const TWO = new Uint8Array([0x81, 0xa1, 0x6e, 2]);
const socket = (steps, more) => ({ to, steps, ...more });

/**
 * A scenario that records everything on a connection. After each message it waits for `wants` further events.
 * @type {(id: string, what: string, scenario: any) => object}
 */
const talk = (id, what, { steps, connect = {}, send = [{ prompt: "x" }], wants = 1, closes = false, ...more }) => ({
  id: `realtime-${id}`,
  what,
  fresh: true,
  answers: [socket(steps, more.socket), token],
  run: async ({ client, note, sleep, until, seen }) => {
    const connection = client().realtime.connect(APP, {
      tokenProvider: async (app) => (note("token for", app), "jwt-9"),
      throttleInterval: 0,
      onResult: (result) => note("result", result),
      onError: (error) => note("error", error),
      ...connect,
    });
    for (const [at, message] of send.entries()) {
      const before = Math.max(seen(), 1);
      connection.send(message);
      const wanted = Array.isArray(wants) ? wants[at] : wants;
      await until(() => seen() >= before + wanted, wanted ? 6000 : 300);
    }
    await sleep(80);
    if (closes) connection.close();
    await sleep(120);
    return Object.keys(connection).sort();
  },
  ...more,
});

export const scenarios = [
  talk("binary", "a message out, a MessagePack result in", { steps: ["message", ONE] }),
  talk("close", "the caller closes", {
    steps: ["message", ONE],
    closes: true,
    differs: ["own-close"],
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.notes.map(([name]) => name), ["token for", "result", "error"]);
      assert.deepEqual(ours.notes.map(([name]) => name), ["token for", "result"]);
    },
  }),
  talk("text", "a JSON result", { steps: ["message", '{"n":1}'] }),
  talk("several", "several of each", { steps: ["message", ONE, "message", TWO, 150, '{"n":3}'], send: [{ a: 1 }, { a: 2 }], wants: [1, 2] }),
  talk("message-types", "what MessagePack has for each kind of value", { steps: ["message", ONE], send: [{ text: "é猫", int: 300, minus: -1, float: 0.5, yes: true, none: null, list: [1, [2]], bytes: new Uint8Array([1, 2]), big: 2 ** 40, left: undefined }] }),
  talk("send-text", "a text is sent as MessagePack too", { steps: ["message", ONE], send: ["words"] }),
  talk("send-bytes", "bytes are sent as they are", { steps: ["message", ONE], send: [new Uint8Array([0x81, 0xa1, 0x61, 1])] }),
  talk("lazy", "nothing happens before the first message", { steps: [], send: [] }),
  talk("default-token", "the default token", { steps: ["message", ONE], connect: { tokenProvider: undefined } }),
  talk("token-refused", "a token provider that fails", {
    steps: [],
    wants: 0,
    connect: { tokenProvider: () => Promise.reject(new RangeError("no token")) },
    differs: ["token-failures"],
    check: ({ ours, assert }) => assert.match(ours.notes[0][1]["«error»"].message, /no token/),
  }),
  talk("max-buffering", "maxBuffering", { steps: ["message", ONE], connect: { maxBuffering: 5 } }),
  talk("path", "a path of its own", { steps: ["message", ONE], connect: { path: "/own" }, socket: { to: `wss://fal.run/${APP}/own` } }),
  talk("encode", "an encoder of the caller's", { steps: ["message", ONE], connect: { encodeMessage: (value) => new TextEncoder().encode(JSON.stringify(value)) } }),
  talk("decode", "a decoder of the caller's", { steps: ["message", "own words"], connect: { decodeMessage: (data) => ({ own: data }) } }),
  talk("decode-throws", "a decoder that throws", { steps: ["message", "own words"], connect: { decodeMessage: () => { throw new RangeError("no sense"); } },
    differs: ["decoder-errors"],
    check({ theirs, ours, assert }) {
      assert.equal(theirs.notes[1][0], "uncaught error");
      assert.equal(ours.notes[1][0], "error");
      assert.match(ours.notes[1][1]["«error»"].message, /no sense/);
    },
  }),
  talk("bad-json", "a text that is no JSON", { steps: ["message", "{oops"] }),
  talk("bad-msgpack", "bytes that are no MessagePack", { steps: ["message", new Uint8Array([0xc1])] }),
  talk("timings", "timings are no results", { steps: ["message", '{"type":"x-fal-message","action":"timings","timing":0.4}', ONE] }),
  talk("fal-error", "an error of the service", { steps: ["message", '{"type":"x-fal-error","error":"BAD_REQUEST","reason":"no prompt"}', ONE] }),
  talk("idle-notice", "the idle notice is no error", { steps: ["message", '{"type":"x-fal-error","error":"TIMEOUT","reason":"idle"}', ONE] }),
  talk("status-error", "a status of error is no result", { steps: ["message", '{"status":"error","error":"Other"}', ONE],
    differs: ["service-errors"],
    check({ theirs, ours, assert }) {
      assert.deepEqual(theirs.notes.map(([name]) => name), ["token for", "result"]);
      assert.deepEqual(ours.notes.map(([name]) => name), ["token for", "error", "result"]);
    },
  }),
  talk("closed-1000", "the server closes as usual", { steps: ["message", ONE, { close: 1000 }] }),
  talk("closed-1001", "the server goes away", { steps: ["message", { close: 1001, reason: "moving" }] }),
  talk("closed-1011", "the server failed", { steps: ["message", { close: 1011, reason: "broken" }] }),
  talk("closed-4001", "a code of the application", { steps: ["message", { close: 4001, reason: "own" }] }),
  talk("dropped", "the connection is lost", { steps: ["message", { drop: true }] }),
  talk("refused", "the handshake is refused", {
    steps: [],
    socket: { status: 403 },
    differs: ["one-error"],
    check({ theirs, ours, assert }) {
      const statuses = ({ notes }) => notes.slice(1).map(([, error]) => error["«error»"].status);
      assert.deepEqual([statuses(theirs), statuses(ours)], [[500, 1006], [1006]]);
    },
  }),
];
