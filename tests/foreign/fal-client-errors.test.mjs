// The official JavaScript client against the emulator: errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, ValidationError, createFalClient } from "@fal-ai/client";
import { HALF } from "../support/emulator.mjs";
import { DISTILL, IMAGE_TO_VIDEO, SQUARE, STRICT, TEXT_TO_VIDEO, WRONG_KEY } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { withOfficialClient } from "./support/official.mjs";
import { fetchFrom } from "./support/redirect.mjs";

let emulator;
let fal;
withOfficialClient([...STRICT, "--concurrency", "1"], (started) => ({ emulator, fal } = started));

const picture = (text) => new File([text], "in.png", { type: "image/png" });

test("a wrong key is an ApiError for jobs, runs and uploads alike", async () => {
  const stranger = createFalClient({ credentials: "key-id:other", fetch: fetchFrom(emulator.url) });
  const calls = [
    () => stranger.queue.submit(DISTILL, { input: SQUARE }),
    () => stranger.run(DISTILL, { input: SQUARE }),
    () => stranger.storage.upload(picture("x")),
  ];
  for (const call of calls) {
    const error = await failure(call());
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.body], [401, WRONG_KEY]);
  }
});

test("an input that the model refuses is a ValidationError with the field", async () => {
  const error = await failure(fal.subscribe(TEXT_TO_VIDEO, { input: { resolution: "4K" }, pollInterval: 20 }));
  assert.ok(error instanceof ValidationError);
  assert.equal(error.status, 422);
  assert.deepEqual(error.getFieldErrors("prompt").map(({ type }) => type), ["missing"]);
  assert.deepEqual(/** @type {any} */ (error.getFieldErrors("resolution")[0]).ctx, { expected: ["512P", "1024P"] });
  assert.match(error.requestId, /^[\w-]{36}$/);
});

test("a job that fails at work is an error of its result, with the reason in its status", async () => {
  let last;
  const input = { prompt: "x", image_url: picture("this is no picture") };
  const error = await failure(fal.subscribe(IMAGE_TO_VIDEO, { input, pollInterval: 20, onQueueUpdate: (update) => (last = update) }));
  assert.ok(error instanceof ValidationError);
  assert.deepEqual(error.fieldErrors.map(({ loc, type }) => [loc.at(-1), type]), [["image_url", "image_load_error"]]);
  assert.equal(last.status, "COMPLETED");
  assert.match(last.error, /image_url/);
});

test("an unknown app, an unknown request and a result asked for too early are ApiErrors", async () => {
  const app = await failure(fal.queue.submit("acme/none", { input: {} }));
  assert.ok(app instanceof ApiError);
  assert.deepEqual([app.status, app.body], [404, { detail: 'Application "none" not found' }]);
  const unknown = { requestId: crypto.randomUUID() };
  const request = await failure(fal.queue.result(DISTILL, unknown));
  assert.deepEqual([request.status, request.body], [404, { detail: "Request not found" }]);
  assert.deepEqual((await failure(fal.queue.status(DISTILL, unknown))).body, { status: "NOT_FOUND" });
  const held = await emulator.hold(HALF);
  const { request_id: requestId } = await fal.queue.submit(DISTILL, { input: SQUARE });
  const early = await failure(fal.queue.result(DISTILL, { requestId }));
  assert.deepEqual([early.status, early.body], [400, { detail: "Request is still in progress" }]);
  await fal.queue.cancel(DISTILL, { requestId });
  await held.release();
});

test("a status that breaks down is asked for again", async () => {
  await emulator.fault({ path_contains: "/status", times: 1, status: 503, body: { detail: "busy" } });
  const { request_id: requestId } = await fal.queue.submit(DISTILL, { input: {} });
  assert.equal((await fal.queue.status(DISTILL, { requestId })).status, "COMPLETED");
  const asked = (await emulator.requests()).filter(({ target }) => target.includes("/status"));
  assert.equal(asked.length, 2);
});

test("an abort ends the wait, not the job", async () => {
  const abort = new AbortController();
  const held = await emulator.hold(HALF);
  const { request_id: requestId } = await fal.queue.submit(DISTILL, { input: SQUARE });
  const waiting = failure(fal.queue.subscribeToStatus(DISTILL, { requestId, pollInterval: 20, abortSignal: abort.signal }));
  abort.abort();
  assert.equal((await waiting).name, "AbortError");
  assert.notEqual((await fal.queue.status(DISTILL, { requestId })).error_type, "client_cancelled");
  await fal.queue.cancel(DISTILL, { requestId });
  await held.release();
});
