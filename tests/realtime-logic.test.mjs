// The decisions of a realtime connection: the modules that use neither sockets nor the real clock.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { decode, encode } from "@msgpack/msgpack";
import { handClock, importSource } from "./support/source.mjs";

describe("the throttle", () => {
  let Throttle;
  before(async () => ({ Throttle } = await importSource("js/realtime/throttle.ts")));

  const start = () => {
    const clock = handClock();
    const passed = [];
    return { clock, passed, throttle: new Throttle((value) => passed.push([clock.now(), value]), clock) };
  };

  test("passes the first value of a burst at once and the last one at the interval's end", async () => {
    const { clock, passed, throttle } = start();
    for (const value of ["a", "b", "c"]) throttle.push(value, 128);
    await clock.go(50);
    throttle.push("d", 128);
    assert.deepEqual(passed, [[0, "a"]]);
    await clock.go(1_000);
    assert.deepEqual(passed, [[0, "a"], [128, "d"]]);
  });

  test("passes one value per interval while values keep coming", async () => {
    const { clock, passed, throttle } = start();
    for (let at = 0; at < 400; at += 10) {
      throttle.push(at, 100);
      await clock.go(10);
    }
    assert.deepEqual(passed, [[0, 0], [100, 90], [200, 190], [300, 290], [400, 390]]);
  });

  test("passes a value at once when the interval is over, also after one that waited", async () => {
    const { clock, passed, throttle } = start();
    throttle.push("a", 100);
    throttle.push("b", 100);
    await clock.go(199);
    throttle.push("c", 100);
    await clock.go(1);
    throttle.push("d", 100);
    assert.deepEqual(passed, [[0, "a"], [100, "b"], [200, "c"]]);
    await clock.go(1_000);
    assert.deepEqual(passed.at(-1), [300, "d"]);
  });

  test("lets everything pass where the interval is 0", () => {
    const { passed, throttle } = start();
    for (const value of [1, 2, 3]) throttle.push(value, 0);
    assert.deepEqual(passed, [[0, 1], [0, 2], [0, 3]]);
  });

  test("forgets what waits, and the burst, when it is reset", async () => {
    const { clock, passed, throttle } = start();
    throttle.push("a", 100);
    throttle.push("b", 100);
    throttle.reset();
    throttle.push("c", 100);
    await clock.go(1_000);
    assert.deepEqual(passed, [[0, "a"], [0, "c"]]);
  });
});

describe("tokens", () => {
  let Tokens, refreshDelay_ms;
  before(async () => ({ Tokens, refreshDelay_ms } = await importSource("js/realtime/tokens.ts")));

  /** Starts a cache of tokens. Each token is named after the second of its fetch. Fetching may be made to fail. */
  const start = (lifetime_s) => {
    const clock = handClock();
    const fetched = [];
    const source = {
      lifetime_s,
      isDown: false,
      async fetch() {
        fetched.push(clock.now() / 1000);
        if (source.isDown) throw new Error("down");
        return `token of ${clock.now() / 1000}`;
      },
    };
    return { clock, fetched, source, tokens: new Tokens(source, clock) };
  };

  test("are fetched anew at 90 % of their life", async () => {
    const { clock, fetched, tokens } = start(120);
    assert.equal(await tokens.take(), "token of 0");
    await clock.go(107_999);
    assert.deepEqual(fetched, [0]);
    await clock.go(120_000);
    assert.deepEqual(fetched, [0, 108, 216]);
  });

  test("are tried again after 5 % of their life where that fails", async () => {
    const { clock, fetched, source, tokens } = start(100);
    await tokens.take();
    source.isDown = true;
    await clock.go(99_000);
    source.isDown = false;
    await clock.go(100_000);
    assert.deepEqual(fetched, [0, 90, 95, 100, 190]);
  });

  test("are not fetched anew where their life is unknown or makes no sense", async () => {
    for (const lifetime_s of [undefined, 0, -1, NaN]) {
      const { clock, fetched, tokens } = start(lifetime_s);
      await tokens.take();
      await clock.go(10_000_000);
      assert.deepEqual(fetched, [0]);
    }
  });

  test("with a very long life do not overflow the timer", () => {
    assert.equal(refreshDelay_ms(365 * 86_400, false), 2 ** 31 - 1);
  });

  test("are fetched no more after they were dropped, even if a fetch was under way", async () => {
    const { clock, fetched, tokens } = start(100);
    await tokens.take();
    const refreshing = clock.go(90_000);
    tokens.drop();
    await refreshing;
    await clock.go(1_000_000);
    assert.ok(fetched.length <= 2, fetched.join());
    assert.equal(await tokens.take(), "token of 1090");
  });

  test("that were refused give way to the fresher one that is there", async () => {
    const { clock, fetched, tokens } = start(100);
    await tokens.take();
    await clock.go(95_000);
    tokens.refuse();
    assert.equal(await tokens.take(), "token of 90");
    tokens.refuse();
    assert.equal(await tokens.take(), "token of 95");
    assert.deepEqual(fetched, [0, 90, 95]);
  });

  test("reject with what their source rejects with, and are asked for anew", async () => {
    const { source, tokens } = start(100);
    source.isDown = true;
    await assert.rejects(tokens.take(), /^Error: down$/);
    source.isDown = false;
    assert.equal(await tokens.take(), "token of 0");
  });
});

describe("the state of a connection", () => {
  let START, next;
  before(async () => ({ START, next } = await importSource("js/realtime/state.ts")));

  /** Applies the events in turn and returns the effects of each. An event belongs to the current attempt unless it names one. */
  const play = (...events) => {
    let state = START;
    const steps = events.map((event) => {
      const [after, effects] = next(state, { attempt: state.attempt, ...event });
      state = after;
      return effects;
    });
    return { state, steps, last: steps.at(-1).map((effect) => effect.do) };
  };
  const send = (frame, isOpen = true) => ({ type: "send", frame, isOpen });
  const TOKEN = { type: "token", token: "t" };
  const CONNECTED = [send("a"), TOKEN, { type: "opened" }];
  const REFUSED_ONCE = [...CONNECTED, { type: "unauthorized" }];

  test("a send gets a token, opens the socket and is transmitted", () => {
    const { steps, state } = play(...CONNECTED);
    assert.deepEqual(steps, [
      [{ do: "authenticate", attempt: 1 }],
      [{ do: "open", attempt: 1, token: "t" }],
      [{ do: "transmit", frame: "a" }],
    ]);
    assert.equal(state.phase, "active");
  });

  test("of what is sent before the socket is open the latest is kept", () => {
    const { steps } = play(send("a"), send("b"), TOKEN, send("c"), { type: "opened" }, send("d"));
    assert.deepEqual(steps.slice(-2), [[{ do: "transmit", frame: "c" }], [{ do: "transmit", frame: "d" }]]);
  });

  test("a close ends every phase, and what comes late changes nothing", () => {
    for (const events of [[send("a")], [send("a"), TOKEN], CONNECTED]) {
      const { state, last } = play(...events, { type: "close" });
      assert.equal(state.phase, "idle");
      assert.deepEqual(last, ["hangUp", "dropToken"]);
      for (const type of ["token", "tokenFailed", "opened", "closed", "unauthorized", "result"]) {
        assert.deepEqual(next(state, { type, attempt: 1, token: "t" }), [state, []]);
      }
    }
  });

  test("a send after the end connects anew", () => {
    for (const end of ["close", "closed"]) {
      assert.deepEqual(play(...CONNECTED, { type: end }, send("b")).last, ["authenticate"]);
    }
  });

  test("a token that cannot be had ends the try and what waited for it", () => {
    const { state } = play(send("a"), { type: "tokenFailed" });
    assert.deepEqual([state.phase, state.pending], ["idle", undefined]);
  });

  test("a socket that does not open is not tried again by itself", () => {
    const { state, last } = play(send("a"), TOKEN, { type: "closed" });
    assert.deepEqual([state.phase, state.pending, last], ["idle", undefined, ["dropToken"]]);
  });

  test("what was sent while the service hung up goes over the next socket", () => {
    const { steps, state } = play(...CONNECTED, send("b", false), { type: "closed" });
    assert.deepEqual(steps.slice(-2), [[], [{ do: "dropToken" }, { do: "authenticate", attempt: 2 }]]);
    assert.equal(state.pending, "b");
  });

  test("a refused token is replaced, and the frame that it was refused for is sent again", () => {
    const { state, last } = play(...REFUSED_ONCE);
    assert.deepEqual(last, ["hangUp", "refuseToken", "authenticate"]);
    assert.equal(state.pending, "a");
    assert.deepEqual(play(...REFUSED_ONCE, TOKEN, { type: "opened" }).steps.at(-1), [{ do: "transmit", frame: "a" }]);
  });

  test("a second refusal in a row gives up", () => {
    const { state, last } = play(...REFUSED_ONCE, TOKEN, { type: "opened" }, { type: "unauthorized" });
    assert.deepEqual([state.phase, last], ["idle", ["hangUp", "dropToken", "giveUp"]]);
  });

  test("a result between two refusals, or a send after giving up, earns a new try", () => {
    const again = [TOKEN, { type: "opened" }, { type: "result" }, send("b"), { type: "unauthorized" }];
    assert.deepEqual(play(...REFUSED_ONCE, ...again).last, ["hangUp", "refuseToken", "authenticate"]);
    const gaveUp = [...REFUSED_ONCE, TOKEN, { type: "opened" }, { type: "unauthorized" }];
    assert.deepEqual(play(...gaveUp, ...CONNECTED, { type: "unauthorized" }).last, ["hangUp", "refuseToken", "authenticate"]);
  });

  test("a frame that was answered is not sent again after a refusal", () => {
    const { state, last } = play(...CONNECTED, { type: "result" }, { type: "unauthorized" });
    assert.deepEqual([state.phase, last], ["idle", ["hangUp", "refuseToken"]]);
  });

  test("whatever happens, there is one socket at most, and only an open one is sent to", () => {
    const random = generator(11);
    for (let run = 0; run < 300; run += 1) {
      let [state, socket] = [START, "none"];
      for (let step = 0; step < 40; step += 1) {
        const event = anyEvent(random, state, socket);
        if (!event) continue;
        if (event.type === "opened" && event.attempt === state.attempt) socket = "open";
        if (event.type === "closed" && event.attempt === state.attempt) socket = "none";
        const [after, effects] = next(state, event);
        for (const effect of effects) {
          if (effect.do === "open") assert.equal(socket, "none");
          if (effect.do === "open") socket = "opening";
          if (effect.do === "hangUp") socket = "none";
          if (effect.do === "transmit") assert.equal(socket, "open");
        }
        state = after;
        assert.equal(socket, { idle: "none", authenticating: "none", opening: "opening", active: "open" }[state.phase]);
      }
    }
  });

  /** Draws an event that can happen now: any late event, or a current one that the phase allows. */
  function anyEvent(random, { phase, attempt }, socket) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const present = {
      idle: [],
      authenticating: ["token", "tokenFailed"],
      opening: ["opened", "closed"],
      active: ["result", "unauthorized", "closed"],
    }[phase];
    const type = pick(["send", "send", "close", "late", ...present, ...present]);
    if (type === "send") return { type, frame: String(random()), isOpen: socket === "open" && random() > 0.2 };
    if (type !== "late") return { type, attempt, token: "t" };
    return attempt > 0 && { type: pick(["token", "opened", "closed", "unauthorized"]), attempt: attempt - 1, token: "t" };
  }

  function generator(seed) {
    let state = seed;
    return () => (state = (state * 16807) % 2147483647) / 2147483647;
  }

  test("of two frames and one result, the second is the one that was refused", () => {
    assert.equal(play(...CONNECTED, send("b"), { type: "result" }, { type: "unauthorized" }).state.pending, "b");
  });
});

describe("the address", () => {
  let endpointOf, socketUrl;
  before(async () => ({ endpointOf, socketUrl } = await importSource("js/realtime/address.ts")));

  for (const [id, path, endpoint] of [
    ["acme/app", undefined, "acme/app/realtime"],
    ["acme/app/realtime", undefined, "acme/app/realtime"],
    ["acme/app/", undefined, "acme/app/realtime"],
    ["acme/app", "ws", "acme/app/ws"],
    ["acme/app", "//ws/two", "acme/app/ws/two"],
    ["acme/app/realtime", "/realtime", "acme/app/realtime/realtime"],
    ["1234-my-app", undefined, "1234/my-app/realtime"],
    ["1234-acme/app", undefined, "1234-acme/app/realtime"],
    ["workflows/acme/flow", undefined, "workflows/acme/flow/realtime"],
  ]) {
    test(`${id} with the path ${path} is ${endpoint}`, () => assert.equal(endpointOf(id, path), endpoint));
  }

  test("the URL holds the token, and the buffer where one is asked for", () => {
    assert.equal(socketUrl("acme/app/realtime", "a.b-c", undefined), "wss://fal.run/acme/app/realtime?fal_jwt_token=a.b-c");
    assert.equal(socketUrl("acme/app/ws", "a&b=c", 2), "wss://fal.run/acme/app/ws?fal_jwt_token=a%26b%3Dc&max_buffering=2");
  });
});

describe("messages", () => {
  let meaningOf;
  before(async () => ({ meaningOf } = await importSource("js/realtime/message.ts")));

  for (const [what, message, meaning] of /** @type {[string, unknown, { kind: string, reason?: string }][]} */ ([
    ["a result", { images: [], request_id: "r" }, { kind: "result" }],
    ["a result with a status of the app's own", { status: "ok" }, { kind: "result" }],
    ["a bare value", 7, { kind: "result" }],
    ["a timing", { type: "x-fal-message", action: "timings", timing: 0.41 }, { kind: "skip" }],
    ["a notice that nothing was sent", { type: "x-fal-error", error: "TIMEOUT", reason: "idle" }, { kind: "skip" }],
    ["an error", { type: "x-fal-error", error: "BAD_REQUEST", reason: "no prompt" }, { kind: "error", reason: "BAD_REQUEST: no prompt" }],
    ["an error without a reason", { type: "x-fal-error", error: "INTERNAL_ERROR" }, { kind: "error", reason: "INTERNAL_ERROR" }],
    ["a refused token", { status: "error", error: "Unauthorized" }, { kind: "unauthorized" }],
    ["another error status", { status: "error", error: "Overloaded" }, { kind: "error", reason: "Overloaded" }],
    ["an error status alone", { status: "error" }, { kind: "error", reason: "an error without a reason" }],
    ["nothing", null, { kind: "error", reason: "an empty message" }],
  ])) {
    test(`${what} is ${meaning.kind}`, () => assert.deepEqual(meaningOf(message), meaning));
  }
});

describe("frames", () => {
  let fromFrame, toFrame;
  before(async () => ({ fromFrame, toFrame } = await importSource("js/realtime/codec.ts")));

  test("hold an input as MessagePack", () => {
    const input = { prompt: "é", seed: 7, image: new Uint8Array([1, 2]), none: null };
    assert.deepEqual(decode(toFrame(input, false)), input);
  });

  test("hold a string as text only where an encoder made it", () => {
    assert.equal(toFrame("{}", true), "{}");
    assert.equal(decode(toFrame("{}", false)), "{}");
  });

  test("hold bytes as they are", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    assert.equal(toFrame(bytes, false), bytes);
    assert.equal(toFrame(bytes, true), bytes);
  });

  test("are decoded from text, buffers, views and Blobs", async () => {
    const message = { images: [{ content: new Uint8Array([9, 8]) }], request_id: "r" };
    const bytes = encode(message);
    const buffer = bytes.slice().buffer;
    for (const data of [bytes, buffer, new DataView(buffer)]) assert.deepEqual(fromFrame(data), message);
    assert.deepEqual(await fromFrame(new Blob([bytes])), message);
    assert.deepEqual(fromFrame('{"a":1}'), { a: 1 });
  });

  test("that are broken throw", () => {
    assert.throws(() => fromFrame("{"));
    assert.throws(() => fromFrame(new Uint8Array([0xc1])));
    assert.throws(() => toFrame({ call: () => {} }, false));
  });
});

describe("a connection without a tokenProvider", () => {
  let open, ApiError;
  before(async () => {
    ({ open } = await importSource("js/realtime/open.ts"));
    ({ ApiError } = await importSource("js/errors.ts"));
  });

  /** Connects with a WebSocket that throws an error with its URL, as engines do. Resolves with the reported error. */
  async function connect(app, warnings) {
    const { WebSocket, console } = globalThis;
    const asked = [];
    const throwing = function WebSocket(/** @type {string} */ url) {
      throw new SyntaxError(`The URL '${url}' is invalid`);
    };
    Object.assign(globalThis, { WebSocket: throwing });
    globalThis.console = { ...console, warn: (text) => warnings.push(text) };
    try {
      const fetchToken = async (app) => (asked.push(app), "a-token-of-the-client");
      const shared = { ApiError, fetchToken, connections: new Map() };
      const error = await new Promise((onError) => open(shared, app, { onResult() {}, onError }).send({}));
      return { error, asked };
    } finally {
      Object.assign(globalThis, { WebSocket, console });
    }
  }

  test("gets tokens from its client, warns of it once, and tells them to nobody", async () => {
    const warnings = [];
    for (const app of ["acme/app", "acme/other/realtime"]) {
      const { error, asked } = await connect(app, warnings);
      assert.deepEqual(asked, [app]);
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, 1006);
      assert.doesNotMatch(`${error.message} ${error.stack} ${error.cause}`, /a-token|invalid/);
    }
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /tokenProvider/);
  });
});
