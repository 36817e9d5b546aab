// Realtime connections to the emulator's scripted endpoint. Each input says how the endpoint answers it
// (`{ results, as, error, close, idle_ms, unauthorized, delay_ms }`).

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { cannot } from "./support/engines/limits.mjs";
import { withRealtime } from "./support/realtime.mjs";

const client = withRealtime();
beforeEach(() => client.reset());

/** Runs a function in the page. If the function throws, the test fails. */
async function inPage(script, argument) {
  const outcome = await client.run(script, argument);
  if (outcome?.thrown) throw new Error(`In the page: ${outcome.thrown.name}: ${outcome.thrown.message}`);
  return outcome;
}

describe("a connection", () => {
  test("sends an input as MessagePack, and gives its result", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen({ maxBuffering: 2 });
      connection.send({ prompt: "é", seed: 7 });
      const [result] = await until(1);
      await sleep(50);
      return { result, errors, asked, urls: sockets.map((socket) => socket.asked), isBytes: sockets[0].sent[0] instanceof Uint8Array };
    });
    assert.deepEqual(seen.result, { echo: { prompt: "é", seed: 7 }, count: 1, index: 0 });
    assert.deepEqual([seen.errors, seen.asked, seen.isBytes], [[], ["emulator/realtime"], true]);
    assert.match(seen.urls.join(), /^wss:\/\/fal\.run\/emulator\/realtime\?fal_jwt_token=[\w.-]+&max_buffering=2$/);
    assert.deepEqual(client.unhandled, []);
  });

  test("brings its module in when it is asked for, and not before", async () => {
    const seen = await inPage(async () => {
      const loaded = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/realtime.js")).length;
      const before = loaded();
      const { connection, until } = listen();
      connection.send({});
      await until(1);
      return [before, loaded()];
    });
    assert.deepEqual(seen, [0, 1]);
  });

  test("is what a burst of connects with one key ends in, in the order of the calls", async () => {
    const seen = await inPage(async () => {
      const all = Array.from({ length: 10 }, () => listen({ connectionKey: "k" }));
      for (const { connection } of all) connection.send({});
      await all[9].until(1);
      return { others: all.slice(0, 9).flatMap(({ results }) => results).length, sockets: sockets.length };
    });
    assert.deepEqual(seen, { others: 0, sockets: 1 });
  });

  test("opens no socket before the first send", async () => {
    assert.deepEqual(await inPage(async () => (listen(), await sleep(100), [sockets.length, asked.length])), [0, 0]);
  });

  test("sends the first and the last input of a burst, 128 ms apart", async () => {
    const seen = await inPage(async () => {
      const { connection, until, results } = listen({ throttleInterval: undefined });
      // Until the socket is open, the client keeps only the latest input.
      connection.send({ n: "opens" });
      await until(1);
      await sleep(200);
      for (let n = 0; n < 50; n += 1) connection.send({ n });
      await until(3);
      await sleep(200);
      return results.map(({ echo }) => echo.n);
    });
    assert.deepEqual(seen, ["opens", 0, 49]);
  });

  test("keeps the latest input until the socket is open, and all of them from then on", async () => {
    const seen = await inPage(async () => {
      const { connection, until, results } = listen();
      for (const n of [1, 2, 3]) connection.send({ n });
      await until(1);
      for (const n of [4, 5, 6]) connection.send({ n });
      await until(4);
      return results.map(({ echo, count }) => [echo.n, count]);
    });
    assert.deepEqual(seen, [[3, 1], [4, 2], [5, 3], [6, 4]]);
  });

  test("sends what an input was when it was sent, though its buffer is filled anew", async () => {
    const seen = await inPage(async () => {
      const { connection, until } = listen();
      const frame = { bytes: new Uint8Array([1, 2, 3]) };
      connection.send(frame);
      frame.bytes.fill(9);
      return Array.from((await until(1))[0].echo.bytes);
    });
    assert.deepEqual(seen, [1, 2, 3]);
  });

  test("gives results that come as JSON or many at a time, in their order", async () => {
    const seen = await inPage(async () => {
      const { connection, until } = listen();
      connection.send({ results: 20, as: "json" });
      await until(20);
      connection.send({ results: 20 });
      return (await until(40)).map(({ count, index }) => count * 100 + index);
    });
    assert.deepEqual(seen, [...Array(20).keys()].flatMap((index) => [100 + index]).concat([...Array(20).keys()].map((index) => 200 + index)));
  });

  test("frames for a service that speaks JSON are encoded once, also before the socket is open", async () => {
    const seen = await inPage(async () => {
      const { connection, until } = listen({ encodeMessage: JSON.stringify });
      connection.send({ n: 1 });
      await until(1);
      connection.send({ n: 2 });
      return { echoes: (await until(2)).map(({ echo }) => echo), sent: sockets[0].sent };
    });
    assert.deepEqual(seen, { echoes: [{ n: 1 }, { n: 2 }], sent: ['{"n":1}', '{"n":2}'] });
  });

  test("keeps the order of results though a custom decoder takes its time, and gives it Blobs", async () => {
    const seen = await inPage(async () => {
      let calls = 0;
      const kinds = new Set();
      const decodeMessage = async (data) => {
        kinds.add(data instanceof Blob ? "Blob" : typeof data);
        const n = (calls += 1);
        await sleep(n % 2 ? 60 : 5);
        return { n };
      };
      const { connection, until } = listen({ decodeMessage });
      connection.send({ results: 6 });
      // The seventh message is the timing. This decoder makes a result of it.
      return { order: (await until(7)).map(({ n }) => n), kinds: [...kinds] };
    });
    assert.deepEqual(seen, { order: [1, 2, 3, 4, 5, 6, 7], kinds: ["Blob", "string"] });
  });

  test("is shared by those with the same key and endpoint, and calls the newest handler", async () => {
    const seen = await inPage(async () => {
      const [one, two] = [listen({ connectionKey: "k" }), listen({ connectionKey: "k" })];
      const { until } = two;
      one.connection.send({ n: 1 });
      await until(1);
      two.connection.send({ n: 2 });
      await until(2);
      const other = listen({ connectionKey: "k", app: "emulator/realtime/", path: "realtime", onError: () => {} });
      other.connection.send({});
      await until(2, sockets);
      return { one: one.results.length, sockets: sockets.map(({ asked }) => asked.split("?")[0]) };
    });
    assert.deepEqual(seen, { one: 0, sockets: ["wss://fal.run/emulator/realtime", "wss://fal.run/emulator/realtime/realtime"] });
  });

  test("does what the official client does, frame by frame", async () => {
    await client.loadOfficial();
    const seen = await inPage(async () => {
      const play = async (library) => {
        sockets.length = asked.length = 0;
        // A slow token: the third input comes before the socket is open. Only the latest input is kept. No throttle: the official
        // client's drops an input if the browser fires its timer a millisecond early.
        const tokenProvider = async (endpoint) => (asked.push(endpoint), await sleep(150), token());
        const { connection, until, results, errors } = listen({ throttleInterval: 0, maxBuffering: 7, tokenProvider }, library);
        for (const n of [1, 2, 3]) connection.send({ n, bytes: new Uint8Array([n]), deep: { list: [null, 1.5, "é"] } });
        await until(1);
        await sleep(150);
        connection.send("text");
        await until(2);
        await sleep(150);
        connection.send({ error: "BAD_REQUEST", reason: "no" });
        await until(1, errors);
        await sleep(150);
        connection.send({ close: 4002 });
        await until(2, errors);
        await sleep(150);
        connection.send({ again: true });
        await until(4);
        connection.close();
        const url = (socket) => socket.asked.replace(/token=[^&]+/, "token=…");
        const frames = (socket) => socket.sent.map((frame) => Array.from(frame).join());
        return { results, statuses: errors.map(({ status }) => status), asked: [...asked], sockets: sockets.map((socket) => [url(socket), frames(socket)]) };
      };
      return [await play(official), await play(fal)];
    });
    assert.equal(seen[0].results.length, 4);
    assert.deepEqual(seen[1], seen[0]);
  });
});

describe("the end of a connection", () => {
  test("by close() drops what waits, and the next send connects anew", async () => {
    const seen = await inPage(async () => {
      const { connection, until, results, errors } = listen({ throttleInterval: 100 });
      connection.send({ n: 1 });
      await until(1);
      connection.send({ n: 2 });
      connection.close();
      await sleep(200);
      while (sockets[0].readyState !== WebSocket.CLOSED) await sleep(10);
      const state = sockets[0].readyState;
      connection.send({ n: 3 });
      await until(2);
      return { sent: results.map(({ echo }) => echo.n), asked: asked.length, sockets: sockets.length, state, errors };
    });
    assert.deepEqual(seen, { sent: [1, 3], asked: 2, sockets: 2, state: 3, errors: [] });
  });

  test("by close() before it is open is silent", async () => {
    const seen = await inPage(async () => {
      const moments = [0, 5, 10, 20, 40];
      const connections = [];
      for (const ms of moments) {
        const it = listen();
        connections.push(it);
        it.connection.send({ ms });
        if (ms) await sleep(ms);
        it.connection.close();
      }
      await sleep(200);
      return { errors: connections.flatMap(({ errors }) => errors), open: sockets.filter(({ readyState }) => readyState < 2).length };
    });
    assert.deepEqual(seen, { errors: [], open: 0 });
    assert.deepEqual(client.unhandled, []);
  });

  test("by the service, with a code, is an error of that status; the next send connects anew", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen();
      connection.send({ close: 4001, reason: "enough" });
      await until(1, errors);
      connection.send({ n: 2 });
      return { error: errors[0], last: (await until(2)).at(-1).echo, asked: asked.length };
    });
    assert.deepEqual([seen.last, seen.asked], [{ n: 2 }, 2]);
    assert.deepEqual([seen.error.name, seen.error.status, seen.error.code], ["ApiError", 4001, "network"]);
    assert.match(seen.error.message, /^The connection to emulator\/realtime was closed: enough \(code 4001\)/);
  });

  test("by the service after a silence, or with a good-bye, is no error", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors, results } = listen();
      for (const input of [{ idle_ms: 50 }, { close: 1000 }, { n: 3 }]) {
        connection.send(input);
        await until(results.length + 1);
        if (!input.n) while (sockets[sockets.length - 1].readyState !== WebSocket.CLOSED) await sleep(10);
      }
      return { errors, sockets: sockets.length };
    });
    assert.deepEqual(seen, { errors: [], sockets: 3 });
  });

  test("that comes as soon as a message is sent loses none that is sent meanwhile", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen();
      connection.send({});
      await until(1);
      sockets[0].close();
      connection.send({ n: 2 });
      return { last: (await until(2))[1].echo, sockets: sockets.length, errors: errors.map(({ status }) => status) };
    });
    assert.deepEqual(seen, { last: { n: 2 }, sockets: 2, errors: [1005] });
  });
});

describe("tokens", () => {
  test("that are refused are replaced, and the input is sent again", async () => {
    const seen = await inPage(async () => {
      let calls = 0;
      const { connection, until, errors } = listen({ tokenProvider: async () => ((calls += 1) === 1 ? "not.a.token" : token()) });
      connection.send({ n: 1 });
      return { echo: (await until(1))[0].echo, calls, errors };
    });
    assert.deepEqual(seen, { echo: { n: 1 }, calls: 2, errors: [] });
  });

  test("that go stale while the socket is open are replaced too", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen();
      connection.send({ n: 1 });
      await until(1);
      connection.send({ unauthorized: true });
      await until(1, errors);
      connection.send({ n: 3 });
      return { echo: (await until(2))[1].echo, statuses: errors.map(({ status }) => status), asked: asked.length };
    });
    // The second input makes the endpoint refuse it twice: with the old token, and with the new one.
    assert.deepEqual(seen, { echo: { n: 3 }, statuses: [401], asked: 3 });
  });

  test("that are refused twice are an error, which does not show them", async () => {
    const seen = await inPage(async () => {
      let calls = 0;
      const { connection, until, errors } = listen({ tokenProvider: async () => `secret.${(calls += 1)}` });
      connection.send({ n: 1 });
      await until(1, errors);
      await sleep(200);
      return { errors, calls };
    });
    assert.equal(seen.calls, 2);
    assert.deepEqual(seen.errors.map(({ status }) => status), [401]);
    assert.match(seen.errors[0].message, /emulator\/realtime/);
    assert.doesNotMatch(seen.errors[0].message, /secret/);
  });

  test("that the other side quotes are taken out of the message", async () => {
    const seen = await inPage(async () => {
      const mine = await token();
      const { connection, until, errors } = listen({ tokenProvider: async () => mine });
      connection.send({ error: "BAD_REQUEST", reason: `not with ${mine}` });
      return (await until(1, errors))[0].message;
    });
    assert.equal(seen, "BAD_REQUEST: not with <token> (from emulator/realtime)");
  });

  test("that cannot be had are an error, and the next send asks again", async () => {
    const seen = await inPage(async () => {
      const answers = [
        async () => { throw new Error("backend away."); },
        () => { throw new Error("thrown at once"); },
        async () => ({ token: "wrapped" }),
        async () => "",
        () => token(),
      ];
      const { connection, until, errors } = listen({ tokenProvider: () => answers.shift()?.() });
      for (const n of [1, 2, 3, 4]) {
        connection.send({ n });
        await until(n, errors);
      }
      connection.send({ n: 5 });
      return { echo: (await until(1))[0].echo, errors };
    });
    assert.deepEqual(seen.echo, { n: 5 });
    assert.deepEqual(seen.errors.map(({ status }) => status), [401, 401, 401, 401]);
    assert.deepEqual(
      seen.errors.map(({ message }) => /: (.*)\. Check tokenProvider, or give one$/.exec(message)?.[1]),
      ["backend away", "thrown at once", "a token is a string, and this is object", "a token is a string, and this is an empty one"],
    );
    assert.deepEqual(client.unhandled, []);
  });

  test("are fetched anew while the socket is open, and no longer", async () => {
    const seen = await inPage(async () => {
      const { connection, until } = listen({ tokenExpirationSeconds: 0.1 });
      const from = performance.now();
      connection.send({});
      await until(1);
      await until(4, asked);
      const open = asked.length;
      const ms = performance.now() - from;
      connection.close();
      await sleep(50);
      const closed = asked.length;
      await sleep(300);
      return { open, ms, late: asked.length - closed, sockets: sockets.length };
    });
    assert.ok(seen.ms > 150, `three more tokens of 100 ms each in ${seen.ms} ms`);
    assert.deepEqual([seen.late, seen.sockets], [0, 1]);
  });
});

describe("problems", () => {
  test("that the service tells are errors of status 400 with its message", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors, results } = listen();
      connection.send({ error: "BAD_REQUEST", reason: "no prompt" });
      await until(1, errors);
      connection.send({ n: 2 });
      await until(1);
      return { error: errors[0], results: results.length };
    });
    assert.equal(seen.results, 1);
    assert.deepEqual([seen.error.name, seen.error.status, seen.error.message], ["ApiError", 400, "BAD_REQUEST: no prompt (from emulator/realtime)"]);
    assert.deepEqual(seen.error.body, { type: "x-fal-error", error: "BAD_REQUEST", reason: "no prompt" });
  });

  test("with the endpoint are told once", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen({ app: "acme/none" });
      connection.send({});
      await until(1, errors);
      await sleep(400);
      return errors;
    });
    assert.deepEqual(seen.map(({ status }) => status), [1006]);
    assert.match(seen[0].message, /^The connection to acme\/none\/realtime could not be opened \(code 1006\)\. Is it/);
  });

  test("with a message are told, and the next ones come", async () => {
    const seen = await inPage(async () => {
      let calls = 0;
      const decodeMessage = (data) => {
        if ((calls += 1) === 1) throw new SyntaxError("unreadable");
        return typeof data === "string" ? JSON.parse(data) : { n: calls };
      };
      const { connection, until, errors } = listen({ decodeMessage });
      connection.send({ results: 2 });
      return { results: await until(1), errors };
    });
    assert.deepEqual(seen.results, [{ n: 2 }]);
    assert.deepEqual(seen.errors.map(({ status, code }) => [status, code]), [[400, "bad_response"]]);
    assert.match(seen.errors[0].message, /could not be decoded: unreadable/);
  });

  test("of the caller's callbacks go to onError, or to the page, and the connection goes on", async () => {
    const seen = await inPage(async () => {
      /** @type {string[]} */
      const messages = [];
      /** @type {string[]} */
      const reported = [];
      window.addEventListener("error", (event) => (reported.push(event.error.message), event.preventDefault()));
      let calls = 0;
      const onResult = () => {
        if ((calls += 1) === 1) throw new Error("mine");
        if (calls === 2) return Promise.reject(new Error("mine, later"));
      };
      const onError = ({ message }) => {
        messages.push(message);
        throw new Error("mine too");
      };
      const { connection, until } = listen({ onResult, onError });
      connection.send({ results: 3 });
      await until(2, reported);
      while (calls < 3) await sleep(5);
      return { calls, messages, reported };
    });
    assert.equal(seen.calls, 3);
    assert.deepEqual(seen.messages.map((message) => /threw: (.*)\. The/.exec(message)?.[1]), ["mine", "mine, later"]);
    assert.deepEqual(seen.reported, ["mine too", "mine too"]);
  });

  test("with the download of the module are told, and the next send tries again", { skip: cannot("second import") }, async () => {
    await client.emulator.fault({ path_contains: "/realtime.js", status: 503 });
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen();
      connection.send({ n: 1 });
      await until(1, errors);
      connection.send({ n: 2 });
      return { errors, echo: (await until(1))[0].echo };
    });
    assert.deepEqual(seen.errors.map(({ status, code }) => [status, code]), [[500, "network"]]);
    assert.deepEqual(seen.echo, { n: 2 });
    assert.deepEqual(client.unhandled, []);
  });

  test("with an input are told: thrown by send, or to onError where it is found later", async () => {
    const seen = await inPage(async () => {
      const { connection, until, errors } = listen();
      connection.send({ call: () => {} });
      await until(1, errors);
      let said;
      try {
        connection.send({ call: () => {} });
      } catch (error) {
        said = /** @type {Error} */ (error).message;
      }
      connection.send({ n: 2 });
      return { said, errors, echo: (await until(1))[0].echo };
    });
    assert.match(seen.said, /Function/);
    assert.deepEqual(seen.errors.map(({ code }) => code), ["invalid_argument"]);
    assert.deepEqual(seen.echo, { n: 2 });
  });

  for (const [what, app, handler, complaint] of /** @type {[string, string | undefined, object, RegExp][]} */ ([
    ["an id without an owner", "app", {}, /^endpointId: must be <owner>\/<alias>.*, got "app"/],
    ["an id that leads elsewhere", "acme/../other", {}, /^endpointId: /],
    ["an id with a query", "acme/app?x=1", {}, /^endpointId: /],
    ["a namespace without an app", "workflows/acme", {}, /^endpointId: /],
    ["no id", undefined, {}, /^endpointId: .*got null/],
    ["a path with a query", "acme/app", { path: "/ws?x=1" }, /^path: /],
    ["a buffer of none", "acme/app", { maxBuffering: 0 }, /^maxBuffering: must be between 1 and 60, got 0/],
    ["a buffer of 61", "acme/app", { maxBuffering: 61 }, /^maxBuffering: /],
    ["a buffer that is no number", "acme/app", { maxBuffering: NaN }, /^maxBuffering: /],
  ])) {
    test(`${what} is refused at once`, async () => {
      const { thrown } = await client.run(([app, handler]) => listen({ app: app ?? null, ...handler }) && undefined, /** @type {const} */ ([app, handler]));
      assert.equal(thrown.code, "invalid_argument");
      assert.match(thrown.message, complaint);
    });
  }
});
