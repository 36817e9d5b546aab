// The official JavaScript client against the emulator: the queue.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFalClient } from "@fal-ai/client";
import { HALF } from "../support/emulator.mjs";
import { png } from "../support/images.mjs";
import { DISTILL, IMAGE_TO_VIDEO, KEY, SQUARE, STRICT, TEXT_TO_VIDEO } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { withOfficialClient } from "./support/official.mjs";
import { directFetchFrom } from "./support/redirect.mjs";

let emulator;
let fal;
withOfficialClient([...STRICT, "--concurrency", "1"], (started) => ({ emulator, fal } = started));

const picture = () => new File([png({ width: 96, height: 64 })], "in.png", { type: "image/png" });

test("subscribe uploads the picture, tells where the job stands, and gives a video", async () => {
  const updates = [];
  const ids = [];
  const half = await emulator.hold(HALF);
  const { data, requestId } = await fal.subscribe(IMAGE_TO_VIDEO, {
    input: { prompt: "leaves", image_url: picture() },
    logs: true,
    pollInterval: 30,
    onEnqueue: (id) => ids.push(id),
    onQueueUpdate: (update) => {
      updates.push(update);
      if (update.status === "IN_PROGRESS") void half.release();
    },
  });
  assert.deepEqual(ids, [requestId]);
  assert.equal(Number.isInteger(data.seed), true);
  assertVideo(await download(data.video.url));
  assertLife(updates, requestId);
  const [initiate] = await emulator.requests();
  assert.deepEqual(initiate.body, { content_type: "image/png", file_name: "in.png" });
});

/** Checks that the statuses come in order and that the logs only grow. */
function assertLife(updates, requestId) {
  const states = updates.map(({ status }) => status);
  const order = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];
  assert.deepEqual(states, [...states].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  assert.ok(states.includes("IN_PROGRESS"), String(states));
  assert.equal(states.filter((state) => state === "COMPLETED").length, 1);
  for (const update of updates) {
    assert.equal(update.request_id, requestId);
    assert.match(update.response_url, new RegExp(`^https://queue\\.fal\\.run/.*/requests/${requestId}$`));
  }
  const logs = updates.map((update) => (update.logs ?? []).map(({ message }) => message));
  for (const [at, log] of logs.entries()) if (at > 0) assert.deepEqual(log.slice(0, logs[at - 1].length), logs[at - 1]);
  assert.ok(logs.at(-1).length > 1);
  const times = updates.at(-1).logs.map(({ timestamp }) => Date.parse(timestamp));
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  assert.ok(updates.at(-1).metrics.inference_time > 0);
}

test("the door without a proxy answers in the same way, and its URLs lead back to it", async () => {
  const direct = createFalClient({ credentials: KEY, fetch: directFetchFrom(emulator.url) });
  const submitted = await direct.queue.submit(DISTILL, { input: SQUARE, priority: "low", hint: "warm", startTimeout: 30 });
  assert.ok(submitted.status_url.startsWith(`${emulator.url}/queue.fal.run/fal-ai/kandinsky5/requests/`));
  const [{ headers }] = await emulator.requests();
  assert.deepEqual([headers["x-fal-queue-priority"], headers["x-fal-runner-hint"], headers["x-fal-request-timeout"]], ["low", "warm", "30"]);
  const requestId = submitted.request_id;
  await direct.queue.subscribeToStatus(DISTILL, { requestId, pollInterval: 30 });
  const { data } = await direct.queue.result(DISTILL, { requestId });
  assertVideo(await download(data.video?.url), { width: 512, height: 512 });
});

test("jobs wait in line, are told their position, and can be cancelled there", async () => {
  const submit = async () => (await fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } })).request_id;
  // The first job keeps the only worker busy, so the others wait.
  const held = await emulator.hold(HALF);
  const jobs = [await submit(), await submit(), await submit()];
  await held.reached();
  const status = (requestId) => fal.queue.status(TEXT_TO_VIDEO, { requestId });
  const positions = await Promise.all(jobs.slice(1).map(async (id) => (await status(id)).queue_position));
  assert.equal(positions[1], positions[0] + 1);
  for (const requestId of jobs.toReversed()) await fal.queue.cancel(TEXT_TO_VIDEO, { requestId });
  const last = jobs[2];
  assert.equal((await status(last)).status, "COMPLETED");
  const error = await failure(fal.queue.result(TEXT_TO_VIDEO, { requestId: last }));
  assert.deepEqual([error.status, error.body.error_type], [499, "client_cancelled"]);
  const late = await failure(fal.queue.cancel(TEXT_TO_VIDEO, { requestId: last }));
  assert.deepEqual([late.status, late.body], [400, { status: "ALREADY_COMPLETED" }]);
  await held.release();
});
