// Calls that fail, are aborted or time out. Nothing is paid twice, nothing goes on after it was abandoned, and nothing hangs.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until, withClient } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";

const client = withClient({ args: ["--pace", "4000"] });
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const fault = (plan) => client.emulator.fault({ times: 1, ...plan });
const quick = () => client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 20, maxDelay: 5000 } }));
const submit = () => client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } }));
const submits = () => client.sent("text-to-video");

describe("retries", () => {
  test("a submit that was refused with 429 is sent again, not before Retry-After", async () => {
    await quick();
    await fault({ method: "POST", path_contains: "text-to-video", status: 429, headers: { "retry-after": "1" }, body: { detail: "busy" } });
    const reply = await submit();
    assert.ok(reply.request_id, JSON.stringify(reply));
    const [first, second] = await submits();
    assert.ok(second.at_ms - first.at_ms >= 1000, `${second.at_ms - first.at_ms} ms`);
  });

  test("a Retry-After beyond the longest wait ends the retries", async () => {
    await quick();
    await fault({ method: "POST", path_contains: "text-to-video", status: 429, headers: { "retry-after": "600" }, body: { detail: "busy" } });
    assert.equal((await submit()).thrown.status, 429);
    assert.equal((await submits()).length, 1);
  });

  for (const status of [500, 502, 503, 504]) {
    test(`a submit answered with ${status} is not sent again`, async () => {
      await quick();
      await fault({ method: "POST", path_contains: "text-to-video", status, body: { detail: "later" } });
      const { thrown } = await submit();
      assert.equal(thrown.status, status);
      assert.match(thrown.message, /\(HTTP \d+ from submit\)\. It may have arrived, so it was not sent again/);
      const mayExist = () => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } }).catch((error) => error.jobMayExist);
      await fault({ method: "POST", path_contains: "text-to-video", status, body: { detail: "later" } });
      assert.equal(await client.run(mayExist), true);
      assert.equal((await submits()).length, 2);
    });
  }

  test("a submit whose answer was lost is not sent again, and the error says why", async () => {
    await quick();
    await client.loseAnswers("text-to-video");
    const { thrown } = await submit();
    assert.deepEqual([thrown.name, thrown.code], ["SubmitUncertainError", "network"]);
    assert.ok(thrown.is.includes("FalError"));
    assert.match(thrown.message, /^No answer to submit from \/api\/fal\/proxy: .*not sent again: a second job would be billed$/);
    assert.equal((await submits()).length, 1);
  });

  test("a submit is repeated where the caller allows it", async () => {
    await client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 20, submit: "always" } }));
    await fault({ method: "POST", path_contains: "text-to-video", status: 503, body: {} });
    assert.ok((await submit()).request_id);
    assert.equal((await submits()).length, 2);
  });

  test("statuses, results and cancels survive lost connections and gateway errors", async () => {
    await quick();
    await client.loseAnswers("/status", 2);
    await fault({ path_contains: "/status", times: 3, status: 500, body: "oops" });
    await fault({ path_contains: "/cancel", status: 502, body: "<html>nginx</html>" });
    const seen = await client.run(async () => {
      const { request_id: requestId } = await fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } });
      const { status } = await fal.queue.status(TEXT_TO_VIDEO, { requestId });
      await fal.queue.cancel(TEXT_TO_VIDEO, { requestId });
      return { requestId, status };
    });
    assert.equal(seen.thrown, undefined);
    assert.equal((await client.sent("/status")).length, 4, "two lost, one refused, one good");
    assert.equal((await client.sent("/cancel")).length, 2);
  });

  test("uploads survive a lost connection and a gateway error", async () => {
    await quick();
    await fault({ path_contains: "initiate", status: 503, body: {} });
    await fault({ method: "PUT", close: true });
    const url = await client.run(() => fal.storage.upload(new Blob(["bytes"])));
    assert.match(String(url), /^http/);
    assert.equal((await client.sent("initiate")).length, 2);
  });

  test("a status that stays away ends with an error that holds the request id", async () => {
    await client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 1, maxRetries: 2 } }));
    // Lose two status streams, one poll, and its two retries.
    await client.loseAnswers("/status", 5);
    const { thrown } = await client.run(() => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" } }));
    assert.equal(thrown.code, "network");
    assert.match(thrown.message, /^No answer to status from \/api\/fal\/proxy: .*fetch its result with this error's requestId$/);
    assert.match(String(thrown.requestId), /^[\w-]{10,}$/);
    assert.equal((await client.sent("/cancel")).length, 0, "the job goes on: its result can be fetched");
  });

  test("the caller's own start timeout is not tried again", async () => {
    await quick();
    await fault({ path_contains: "/status", status: 504, headers: { "x-fal-request-timeout-type": "user" }, body: { detail: "Request timed out" } });
    const { thrown } = await client.run(() => fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }));
    assert.deepEqual([thrown.status, thrown.isUserTimeout], [504, true]);
    assert.equal((await client.sent("/status")).length, 1);
  });
});

describe("abort", () => {
  test("before the call: nothing is sent", async () => {
    const { thrown } = await client.run(() => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, abortSignal: AbortSignal.abort() }));
    assert.deepEqual([thrown.name, thrown.is], ["AbortError", ["Error", "DOMException"]]);
    assert.equal((await client.sent()).length, 0);
  });

  test("while the job runs: settles at once and cancels it on the server", async () => {
    const seen = await client.run(async () => {
      const controller = new AbortController();
      let requestId;
      const call = fal.subscribe(TEXT_TO_VIDEO, {
        input: { prompt: "x" },
        abortSignal: controller.signal,
        // The next poll is ten minutes away, so only the abort can settle the call within this test.
        pollInterval: 600_000,
        onEnqueue: (id) => (requestId = id),
        onQueueUpdate: () => setTimeout(() => controller.abort(), 50),
      });
      return { name: await call.catch((error) => error.name), requestId };
    });
    assert.equal(seen.name, "AbortError");
    await until(async () => (await client.sent(`/${seen.requestId}/cancel`)).length === 1);
    const status = await until(async () => {
      const status = await client.run((requestId) => fal.queue.status(TEXT_TO_VIDEO, { requestId }), seen.requestId);
      return status.status === "COMPLETED" && status;
    });
    assert.equal(status.error_type, "client_cancelled");
  });

  test("while the submit is on its way: settles at once, and cancels the job that it made", async () => {
    const held = await client.emulator.hold({ method: "POST", path_contains: "text-to-video" });
    await client.page.evaluate(() => {
      window.controller = new AbortController();
      window.ended = fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, abortSignal: controller.signal }).catch((error) => error.name);
    });
    await held.reached();
    const name = await client.run(() => (controller.abort(new DOMException("mine", "TimeoutError")), ended));
    assert.equal(name, "TimeoutError", "the signal's own reason, while the submit is not answered");
    await held.release();
    await until(async () => (await client.sent("/cancel")).length === 1);
    assert.equal((await submits()).length, 1);
  });

  test("during an upload: cuts it off, and nothing is submitted", async () => {
    const held = await client.emulator.hold({ path_contains: "initiate" });
    await client.page.evaluate(() => {
      window.controller = new AbortController();
      const input = { prompt: "x", image_url: new Blob(["x"]) };
      window.ended = fal.subscribe(IMAGE_TO_VIDEO, { input, abortSignal: controller.signal }).catch((error) => error);
    });
    await held.reached();
    assert.equal(await client.run(() => (controller.abort("left the page"), ended)), "left the page");
    await held.release();
    await submit();
    assert.equal((await client.sent("image-to-video")).length, 0);
  });

  test("during a back-off: does not wait for its end", async () => {
    await fault({ path_contains: "/status", times: 5, status: 503, body: {} });
    await client.page.evaluate(() => {
      // The retry is ten minutes away, so only the abort can settle the call within this test.
      fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 600_000, maxDelay: 600_000 } });
      window.controller = new AbortController();
      window.ended = fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1", abortSignal: controller.signal }).catch((error) => error.name);
    });
    await until(async () => (await client.sent("/status")).length === 1);
    assert.equal(await client.run(() => (controller.abort(), ended)), "AbortError");
  });

  test("while a middleware holds the submit back: it is never sent", async () => {
    const name = await client.run(async () => {
      const requestMiddleware = async (request) => (await sleep(300), request);
      fal.config({ proxyUrl: "/api/fal/proxy", requestMiddleware });
      const options = { input: { prompt: "x" }, abortSignal: AbortSignal.timeout(100) };
      const name = await fal.subscribe(TEXT_TO_VIDEO, options).catch((error) => error.name);
      await sleep(600);
      return name;
    });
    assert.equal(name, "TimeoutError");
    assert.equal((await client.sent()).length, 0);
  });

  test("during the back-off of a submit: it is not sent again", async () => {
    await fault({ method: "POST", path_contains: "text-to-video", status: 429, headers: { "retry-after": "1" }, body: { detail: "busy" } });
    const name = await client.run(() => {
      const options = { input: { prompt: "x" }, abortSignal: AbortSignal.timeout(300) };
      return fal.queue.submit(TEXT_TO_VIDEO, options).catch((error) => error.name);
    });
    assert.equal(name, "TimeoutError");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal((await submits()).length, 1);
  });

  test("leaves no listener behind on a signal that lives on", async () => {
    const left = await client.run(async () => {
      const { signal } = new AbortController();
      let listeners = 0;
      const { addEventListener, removeEventListener } = AbortSignal.prototype;
      signal.addEventListener = (/** @type {[any, any, any?]} */ ...args) => (listeners++, addEventListener.apply(signal, args));
      signal.removeEventListener = (/** @type {[any, any, any?]} */ ...args) => (listeners--, removeEventListener.apply(signal, args));
      for (let call = 0; call < 3; call++) await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1", abortSignal: signal }).catch(() => {});
      return listeners;
    });
    assert.equal(left, 0);
  });
});

describe("timeout", () => {
  test("settles subscribe with a TimeoutError and cancels the job", async () => {
    await client.emulator.hold(HALF);
    const seen = await client.run(async () => {
      const from = performance.now();
      const error = await fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, timeout: 2000, pollInterval: 600_000 }).catch((error) => error);
      return { name: error.name, message: error.message, requestId: error.requestId, ms: performance.now() - from };
    });
    assert.equal(seen.name, "TimeoutError");
    assert.match(seen.requestId, /^[\w-]{10,}$/);
    assert.equal(seen.message, "Timed out after 2000 ms");
    assert.ok(seen.ms >= 1950, `${seen.ms} ms`);
    await until(async () => (await client.sent("/cancel")).length === 1);
  });

  test("names the request while its result is fetched too: it is paid for, and can be fetched again", async () => {
    const completed = { status: "COMPLETED", logs: [] };
    await fault({ path_contains: "/status", status: 200, body: completed });
    await fault({ method: "GET", path_contains: "/requests/", status: 200, delay_ms: 600_000, body: {} });
    const seen = await client.run(async () => {
      let enqueued;
      const options = { input: { prompt: "x" }, timeout: 2000, onEnqueue: (id) => (enqueued = id) };
      const error = await fal.subscribe(TEXT_TO_VIDEO, options).catch((error) => error);
      return { name: error.name, requestId: error.requestId, enqueued };
    });
    assert.equal(seen.name, "TimeoutError");
    assert.ok(seen.enqueued);
    assert.equal(seen.requestId, seen.enqueued);
  });

  test("counts from the submit, not from the uploads before it", async () => {
    const TIMEOUT_MS = 1_500;
    await client.emulator.hold(HALF);
    const held = await client.emulator.hold({ path_contains: "initiate" });
    await client.page.evaluate(async (timeout) => {
      const image_url = await picture();
      const enqueued = [];
      const options = { input: { prompt: "x", image_url }, timeout, pollInterval: 100, onEnqueue: (id) => enqueued.push(id) };
      window.ended = fal.subscribe(IMAGE_TO_VIDEO, options).catch(({ name }) => ({ name, enqueued }));
    }, TIMEOUT_MS);
    await held.reached();
    await client.run((ms) => sleep(ms), TIMEOUT_MS);
    await held.release();
    const seen = await client.run(() => ended);
    assert.equal(seen.name, "TimeoutError");
    assert.equal(seen.enqueued.length, 1, "the upload took longer than the timeout, and did not count");
  });
});
