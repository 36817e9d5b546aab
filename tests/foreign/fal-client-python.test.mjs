// The official Python client against the emulator: queue, run, errors.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { until } from "../support/client.mjs";
import { HALF, startEmulator } from "../support/emulator.mjs";
import { DISTILL, IMAGE_TO_VIDEO, SQUARE, STRICT, TEXT_TO_VIDEO, WRONG_KEY } from "./support/endpoints.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { startPython } from "./support/python.mjs";

let emulator;
let python;
before(async () => {
  emulator = await startEmulator({ args: [...STRICT, "--concurrency", "1"] });
  python = await startPython(emulator);
});
after(async () => {
  await python?.stop();
  await emulator?.stop();
  assert.deepEqual(python?.refused, [], "the client asked for fal.ai's hosts only, backups included");
});
beforeEach(async () => {
  await emulator.clearFaults();
  await emulator.clearRequests();
});

test("submit gives a handle, whose events go from queue to work to a video", async () => {
  const options = { priority: "low", hint: "warm", start_timeout: 30 };
  const half = await emulator.hold(HALF);
  const iterated = python.value("submit_and_iterate", { endpoint: DISTILL, arguments: SQUARE, options });
  await half.reached();
  await untilPolled();
  await half.release();
  const seen = await iterated;
  const base = `https://queue.fal.run/fal-ai/kandinsky5/requests/${seen.request_id}`;
  assert.deepEqual(seen.urls, [base, `${base}/status`, `${base}/cancel`]);
  assertEvents(seen.events);
  assertVideo(await download(seen.result.video.url), { width: 512, height: 512 });
  const [{ headers }] = await emulator.requests();
  assert.deepEqual([headers["x-fal-queue-priority"], headers["x-fal-runner-hint"], headers["x-fal-request-timeout"]], ["low", "warm", "30.0"]);
  assert.match(headers["user-agent"], /^fal-client\/.* \(python\)$/);
});

/** Waits until a status that was asked for from now on was answered: the client then asks for the next. */
async function untilPolled() {
  const count = async () => (await emulator.requestsTo("GET", "/status")).length;
  const before = await count();
  await until(async () => (await count()) >= before + 2);
}

/** Checks the order of the events: queued, in progress, completed. The logs may only grow. */
function assertEvents(events) {
  const kinds = events.map(({ type }) => type);
  const order = ["Queued", "InProgress", "Completed"];
  assert.deepEqual(kinds, [...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  assert.ok(kinds.includes("InProgress"), String(kinds));
  const logs = events.filter(({ logs }) => logs).map(({ logs }) => logs.map(({ message }) => message));
  for (const [at, log] of logs.entries()) if (at > 0) assert.deepEqual(log.slice(0, logs[at - 1].length), logs[at - 1]);
  const last = events.at(-1);
  assert.ok(last.logs.length > 1);
  assert.ok(last.metrics.inference_time > 0);
  assert.deepEqual([last.error, last.error_type], [null, null]);
}

test("jobs wait in line, are told their position, and can be cancelled there", async () => {
  // The first job keeps the only worker busy, so the others wait.
  const held = await emulator.hold(HALF);
  const seen = await python.value("cancel_in_line", { endpoint: TEXT_TO_VIDEO, arguments: { prompt: "x" } });
  assert.equal(seen.positions[1], seen.positions[0] + 1);
  assert.deepEqual([seen.last.type, seen.last.error_type], ["Completed", "client_cancelled"]);
  const result = await python.error("by_id", { method: "result", endpoint: TEXT_TO_VIDEO, request_id: seen.request_id });
  assert.deepEqual([result.status_code, result.error_type], [499, "client_cancelled"]);
  const late = await python.error("by_id", { method: "cancel", endpoint: TEXT_TO_VIDEO, request_id: seen.request_id });
  assert.equal(late.status_code, 400);
  await held.release();
});

test("several jobs at once are followed by the asynchronous client", async () => {
  // The first job keeps the only worker busy until the client has polled the status of both.
  const held = await emulator.hold(HALF);
  const together = python.value("together", { endpoint: DISTILL, inputs: [SQUARE, { ...SQUARE, prompt: "b" }] });
  await until(async () => {
    const asked = (await emulator.requests()).map(({ target, path }) => /\/requests\/([^/]+)\/status/.exec(target ?? path)?.[1]);
    return new Set(asked.filter(Boolean)).size === 2;
  }, 30_000);
  await held.release();
  const seen = await together;
  assert.notEqual(seen[0].request_id, seen[1].request_id);
  for (const { kinds, result } of seen) {
    assert.equal(kinds.at(-1), "Completed");
    assertVideo(await download(result.video.url), { width: 512, height: 512 });
  }
  assert.ok(seen.some(({ kinds }) => kinds.includes("Queued")), "one waits for the other");
});

describe("errors", () => {
  test("a wrong key is a 401 with the service's words", async () => {
    const refused = await python.error("with_key", { key: "key-id:other", endpoint: DISTILL, arguments: SQUARE });
    assert.deepEqual(refused.is, ["FalClientError", "FalClientHTTPError"]);
    assert.deepEqual([refused.status_code, refused.message], [401, WRONG_KEY.detail]);
  });

  test("an input that the model refuses is its result's 422, with what is wrong", async () => {
    const refused = await python.error("subscribe", { endpoint: TEXT_TO_VIDEO, arguments: { resolution: "4K" } });
    assert.deepEqual(refused.is, ["FalClientError", "FalClientHTTPError"]);
    assert.equal(refused.status_code, 422);
    assert.deepEqual(refused.message.map(({ loc, type }) => [loc.join("."), type]), [
      ["body.prompt", "missing"],
      ["body.resolution", "one_of"],
    ]);
  });

  test("a job that fails at work is an error of its result", async () => {
    const image_url = "data:image/png;base64,bm8gcGljdHVyZQ==";
    const failed = await python.error("subscribe", { endpoint: IMAGE_TO_VIDEO, arguments: { prompt: "x", image_url } });
    assert.deepEqual([failed.status_code, failed.message[0].type], [422, "image_load_error"]);
  });

  test("an unknown app and an unknown request are 404s with a reason", async () => {
    const app = await python.error("submit_and_iterate", { endpoint: "acme/none", arguments: {}, options: {} });
    assert.deepEqual([app.status_code, app.message], [404, 'Application "none" not found']);
    const request_id = crypto.randomUUID();
    const status = await python.error("by_id", { method: "status", endpoint: DISTILL, request_id });
    assert.deepEqual([status.status_code, JSON.parse(status.message)], [404, { status: "NOT_FOUND" }]);
  });

  test("the infrastructure's error type arrives, from the body and from the header", async () => {
    const fault = { method: "POST", path_contains: "distill", times: 1, status: 503 };
    const detail = "no runner";
    await emulator.fault({ ...fault, body: { detail, error_type: "runner_scheduling_failure" } });
    const fromBody = await python.error("submit_and_iterate", { endpoint: DISTILL, arguments: {}, options: {} });
    assert.deepEqual([fromBody.status_code, fromBody.message, fromBody.error_type], [503, detail, "runner_scheduling_failure"]);
    await emulator.fault({ ...fault, body: { detail }, headers: { "x-fal-error-type": "runner_disconnected" } });
    const fromHeader = await python.error("submit_and_iterate", { endpoint: DISTILL, arguments: {}, options: {} });
    assert.equal(fromHeader.error_type, "runner_disconnected");
  });

  test("a timeout of the client cancels the job", async () => {
    const running = await emulator.hold(HALF);
    const late = await python.error("subscribe_for", { endpoint: TEXT_TO_VIDEO, arguments: { prompt: "x" }, seconds: 5.01 });
    await running.release();
    assert.deepEqual([late.type, late.is], ["FalClientTimeoutError", ["FalClientError", "TimeoutError"]]);
    const end = await python.value("end_of", { endpoint: TEXT_TO_VIDEO, request_id: late.request_id });
    assert.equal(end.error_type, "client_cancelled");
  });
});
