// The official JavaScript client against the emulator: runs, streams, the status stream.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError, ValidationError } from "@fal-ai/client";
import { HALF } from "../support/emulator.mjs";
import { DISTILL, SQUARE, STRICT, TEXT_TO_VIDEO } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { withOfficialClient } from "./support/official.mjs";

const STREAM = "emulator/stream";

let emulator;
let fal;
withOfficialClient(STRICT, (started) => ({ emulator, fal } = started));

describe("run", () => {
  test("answers with the video itself", async () => {
    const { data, requestId } = await fal.run(DISTILL, { input: SQUARE });
    assertVideo(await download(data.video.url), { width: 512, height: 512 });
    assert.match(requestId, /^[\w-]{36}$/);
    const [{ service, target }] = await emulator.requests();
    assert.deepEqual([service, target], ["run", `https://fal.run/${DISTILL}`]);
  });

  test("answers a wrong input and an unknown app at once", async () => {
    const refused = await failure(fal.run(TEXT_TO_VIDEO, { input: {} }));
    assert.ok(refused instanceof ValidationError);
    assert.equal(refused.getFieldErrors("prompt")[0].type, "missing");
    const absent = await failure(fal.run("acme/none", { input: {} }));
    assert.deepEqual([absent.status, absent.body], [404, { detail: 'Application "none" not found' }]);
  });
});

describe("the status stream", () => {
  test("tells every change and every line of the log once", async () => {
    const updates = [];
    const half = await emulator.hold(HALF);
    const { data, requestId } = await fal.subscribe(DISTILL, {
      input: SQUARE,
      mode: "streaming",
      logs: true,
      // Copy the list: the client passes the same growing list with every update.
      onQueueUpdate: (update) => {
        updates.push({ ...update, logs: [...(update.logs ?? [])] });
        if (update.status === "IN_PROGRESS") void half.release();
      },
    });
    assertVideo(await download(data.video.url));
    const states = updates.map(({ status }) => status);
    assert.equal(states.at(-1), "COMPLETED");
    assert.ok(states.includes("IN_PROGRESS"), String(states));
    const polled = await fal.queue.status(DISTILL, { requestId, logs: true });
    const messages = (logs) => logs.map(({ message }) => message);
    assert.deepEqual(messages(updates.at(-1).logs), messages(polled.logs));
    const asked = (await emulator.requests()).filter(({ target }) => target?.endsWith("/status/stream?logs=1"));
    assert.equal(asked.length, 1);
    assert.match(asked[0].headers.accept, /text\/event-stream/);
  });

  test("of a job that failed ends with its reason", async () => {
    const { request_id: requestId } = await fal.queue.submit(TEXT_TO_VIDEO, { input: {} });
    const stream = await fal.queue.streamStatus(TEXT_TO_VIDEO, { requestId });
    const last = await stream.done();
    assert.equal(last.status, "COMPLETED");
    assert.match(last.error, /prompt/);
  });

  test("of an unknown request is an ApiError", async () => {
    const stream = await fal.queue.streamStatus(DISTILL, { requestId: crypto.randomUUID() });
    const error = await failure(stream.done());
    assert.ok(error instanceof ApiError);
    assert.equal(error.status, 404);
  });

  test("can be opened with a token in place of the key", async () => {
    const { request_id: requestId } = await fal.queue.submit(TEXT_TO_VIDEO, { input: {} });
    await emulator.clearRequests();
    const stream = await fal.queue.streamStatus(TEXT_TO_VIDEO, { requestId, connectionMode: "client" });
    assert.equal((await stream.done()).status, "COMPLETED");
    const [token, opened] = await emulator.requests();
    assert.deepEqual(token.body, { allowed_apps: ["kandinsky5-pro"], token_expiration: 120 });
    assert.match(opened.target, /fal_jwt_token=/);
    assert.equal(opened.headers.authorization, undefined);
  });
});

describe("stream", () => {
  const values = [{ n: 1 }, { n: 2, text: "Grüße, 世界" }, { n: 3 }];

  test("gives every event, and the last one as the result", async () => {
    const stream = await fal.stream(STREAM, { input: { values } });
    const events = [];
    for await (const event of stream) events.push(event);
    assert.deepEqual(events, values);
    assert.deepEqual(await stream.done(), values.at(-1));
    const [{ target }] = await emulator.requests();
    assert.equal(target, `https://fal.run/${STREAM}`, "an id that ends in /stream gets no second one");
  });

  test("takes comments, CR LF and named events in its stride", async () => {
    const stream = await fal.stream(STREAM, { input: { values, crlf: true, event_name: "chunk", delay_ms: 30, comment_every: 10 } });
    assert.deepEqual(await stream.done(), values.at(-1));
  });

  test("opens with a token in place of the key", async () => {
    const stream = await fal.stream(STREAM, { input: { values }, connectionMode: "client" });
    assert.deepEqual(await stream.done(), values.at(-1));
    const opened = (await emulator.requests()).at(-1);
    assert.equal(opened.headers.authorization, undefined);
  });

  test("is refused with a token that was forged", async () => {
    const stream = await fal.stream(STREAM, { input: { values }, connectionMode: "client", tokenProvider: async () => "e30.e30.e30" });
    const error = await failure(stream.done());
    assert.ok(error instanceof ApiError);
    assert.ok([401, 403].includes(error.status), String(error.status));
  });

  test("is an ApiError where the app answers with one, and where there is no stream", async () => {
    const broken = await failure((await fal.stream(STREAM, { input: { status: 500, body: { detail: "broke" } } })).done());
    assert.deepEqual([broken.status, broken.body], [500, { detail: "broke" }]);
    const absent = await failure((await fal.stream(DISTILL, { input: SQUARE })).done());
    assert.equal(absent.status, 404);
  });

  test("gives bytes that are no events as they are", async () => {
    const stream = await fal.stream(STREAM, { input: { binary: true, events: 2, chunk_bytes: 100 } });
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    assert.equal(bytes, 200);
  });
});
