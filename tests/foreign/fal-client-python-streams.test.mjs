// The official Python client against the emulator: runs, streams, realtime.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { startEmulator } from "../support/emulator.mjs";
import { DISTILL, KEY, SQUARE, STRICT, TEXT_TO_VIDEO } from "./support/endpoints.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { startPython } from "./support/python.mjs";

const STREAM = "emulator/stream";
const REALTIME = "emulator/realtime";

let emulator;
let python;
before(async () => {
  emulator = await startEmulator({ args: STRICT });
  python = await startPython(emulator);
});
after(async () => {
  await python?.stop();
  await emulator?.stop();
});
beforeEach(() => emulator.clearRequests());

describe("run", () => {
  test("answers with the video itself", async () => {
    const result = await python.value("run", { endpoint: DISTILL, arguments: SQUARE });
    assertVideo(await download(result.video.url), { width: 512, height: 512 });
    const targets = (await emulator.requests()).flatMap(({ target }) => target ?? []);
    assert.deepEqual(targets, [`https://fal.run/${DISTILL}`], "one call is all it takes");
  });

  test("answers a wrong input at once", async () => {
    const refused = await python.error("run", { endpoint: TEXT_TO_VIDEO, arguments: {} });
    assert.deepEqual([refused.status_code, refused.message[0].type], [422, "missing"]);
  });
});

describe("stream", () => {
  const values = [{ n: 1 }, { n: 2, text: "Grüße, 世界" }, { n: 3 }];

  test("gives every event", async () => {
    const events = await python.value("stream", { endpoint: STREAM, arguments: { values, split_utf8: true, multiline: true } });
    assert.deepEqual(events, values);
    const [{ target }] = await emulator.requests();
    assert.equal(target, `https://fal.run/${STREAM}/stream`, "the ending is appended regardless");
  });

  test("can be asked for below a path of its own", async () => {
    const [endpoint, path] = STREAM.split(/(?=\/stream)/);
    assert.deepEqual(await python.value("stream_at", { endpoint, path, arguments: { values } }), values);
  });

  test("is an error where there is none", async () => {
    const absent = await python.error("stream", { endpoint: DISTILL, arguments: SQUARE });
    assert.match(absent.message, /404|content.type/i);
  });
});

describe("realtime", () => {
  const inputs = [
    { tag: "a", seed: 7, deep: { list: [1, 2.5, null, true] } },
    { tag: "b", results: 2, as: "json" },
  ];
  const tags = (results) => results.map(({ echo }) => echo.tag);

  test("answers over a socket that a token opens", async () => {
    const results = await python.value("realtime", { endpoint: REALTIME, path: "", inputs, results: 3 });
    assert.deepEqual(tags(results), ["a", "b", "b"]);
    assert.deepEqual(results[0].echo, inputs[0]);
    const socket = (await emulator.requests()).find(({ headers }) => headers.upgrade);
    assert.match(socket.query, /^fal_jwt_token=/);
    assert.equal(socket.headers.authorization, undefined);
  });

  test("answers over a socket that the key opens, with the ending appended", async () => {
    const results = await python.value("realtime", { endpoint: REALTIME, inputs, results: 3, use_jwt: false, max_buffering: 10 });
    assert.deepEqual(tags(results), ["a", "b", "b"]);
    const socket = (await emulator.requests()).find(({ headers }) => headers.upgrade);
    assert.equal(socket.path, `/fal.run/${REALTIME}/realtime`);
    assert.equal(socket.query, "max_buffering=10");
    assert.ok(!JSON.stringify(socket).includes(KEY));
  });

  test("ends without an error where the app closes normally, and with one where it does not", async () => {
    const close = (code) => ({ endpoint: REALTIME, inputs: [{ results: 0, close: code }], results: 1 });
    assert.deepEqual(await python.value("realtime", close(1000)), [null]);
    const broken = await python.error("realtime", close(1011));
    assert.deepEqual([broken.type, broken.error], ["RealtimeError", "CONNECTION_CLOSED"]);
  });
});
