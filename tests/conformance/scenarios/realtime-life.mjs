// realtime.connect over time: bursts, early messages, shared sockets, closing and continuing.
import { APP } from "../page/wire.mjs";

const to = `wss://fal.run/${APP}/realtime`;
/** {"n":1} and {"n":2} in MessagePack. */
const ONE = new Uint8Array([0x81, 0xa1, 0x6e, 1]);
const TWO = new Uint8Array([0x81, 0xa1, 0x6e, 2]);
const socket = (steps, more) => ({ to, steps, ...more });

export const scenarios = [
  {
    id: "realtime-throttle",
    what: "of messages that come fast the first and the last are sent",
    differs: ["throttle"],
    check({ theirs, ours, assert }) {
      const sent = ({ requests }) => requests.filter(({ method }) => method === "MESSAGE").map(({ body }) => Number(body.slice(-2)));
      assert.deepEqual([sent(theirs), sent(ours)], [[0, 5], [0, 1, 5]]);
    },
    fresh: true,
    answers: [socket(["message", ONE])],
    run: async ({ client, note, sleep, until, seen }) => {
      const connection = client().realtime.connect(APP, { tokenProvider: async () => "jwt-9", throttleInterval: 150, onResult: (result) => note("result", result), onError: (error) => note("error", error) });
      connection.send({ n: 0 });
      await until(() => seen() === 1);
      await sleep(200);
      for (let n = 1; n < 6; n++) connection.send({ n });
      await sleep(400);
    },
  },
  {
    id: "realtime-pending",
    what: "before the connection is there, the last message counts",
    fresh: true,
    answers: [socket(["message", ONE])],
    run: async ({ client, note, sleep, until, seen }) => {
      const connection = client().realtime.connect(APP, { tokenProvider: async () => (await sleep(60), "jwt-9"), throttleInterval: 0, onResult: (result) => note("result", result) });
      connection.send({ n: 0 });
      connection.send({ n: 1 });
      connection.send({ n: 2 });
      await until(() => seen() === 1);
    },
  },
  {
    id: "realtime-order",
    what: "results keep their order, however long one takes to decode",
    fresh: true,
    differs: ["results-in-order"],
    answers: [socket(["message", "slow", "fast"])],
    run: async ({ client, note, sleep, until, seen }) => {
      const decodeMessage = async (text) => (text === "slow" && (await sleep(150)), { text });
      const connection = client().realtime.connect(APP, { tokenProvider: async () => "jwt-9", decodeMessage, onResult: ({ text }) => note(text) });
      connection.send({ a: 1 });
      await until(() => seen() === 2);
    },
    check({ theirs, ours, assert }) {
      assert.deepEqual([theirs.notes, ours.notes], [[["fast"], ["slow"]], [["slow"], ["fast"]]]);
    },
  },
  {
    id: "realtime-shared",
    what: "two connections of one key share a socket",
    fresh: true,
    answers: [socket(["message", ONE, "message", TWO])],
    run: async ({ client, note, until, seen }) => {
      const { realtime } = client();
      const handler = (name) => ({ connectionKey: "shared", tokenProvider: async () => "jwt-9", throttleInterval: 0, onResult: (result) => note(name, result) });
      const one = realtime.connect(APP, handler("one"));
      one.send({ a: 1 });
      await until(() => seen() === 1);
      const two = realtime.connect(APP, handler("two"));
      two.send({ a: 2 });
      await until(() => seen() === 2);
    },
  },
  {
    id: "realtime-again",
    what: "a message after the close connects anew",
    fresh: true,
    answers: [socket(["message", ONE]), socket(["message", TWO])],
    run: async ({ client, note, sleep, until, seen }) => {
      const connection = client().realtime.connect(APP, { tokenProvider: async () => (note("token"), "jwt-9"), throttleInterval: 0, onResult: (result) => note("result", result) });
      connection.send({ a: 1 });
      await until(() => seen() === 2);
      connection.close();
      await sleep(200);
      connection.send({ a: 2 });
      await until(() => seen() === 4);
    },
  },
  {
    id: "realtime-max-buffering-wrong",
    what: "a maxBuffering of 61",
    differs: ["max-buffering"],
    check({ theirs, ours, assert }) {
      assert.equal(theirs.notes[0][0], "uncaught error");
      assert.match(ours.outcome.thrown["«error»"].message, /maxBuffering: must be between 1 and 60/);
    },
    fresh: true,
    linger: 2_000,
    answers: [socket([])],
    run: async ({ client, note, sleep, settled }) => {
      const connect = async () => client().realtime.connect(APP, { tokenProvider: async () => "jwt-9", throttleInterval: 0, maxBuffering: 61, onResult: () => {}, onError: (error) => note("error", error) });
      const { value, thrown } = await settled(connect());
      if (thrown) throw thrown;
      value.send({ a: 1 });
      await sleep(100);
    },
  },
];
