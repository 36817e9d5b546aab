// The package in a real browser against the emulator: the official client's calls as its documentation shows them, and the
// requests that they send.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until, withClient } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";

const client = withClient();
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const lines = (requests) => requests.map(({ method, target, path }) => `${method} ${target ?? path.replaceAll(/[0-9a-f]{8,}/g, "…")}`);

describe("the calls of the official documentation", () => {
  test("subscribe turns a File and a prompt into a video", async () => {
    const half = await client.emulator.hold(HALF);
    const running = client.run(async () => {
      const updates = [];
      const messages = (window.logs = []);
      const result = await fal.subscribe("fal-ai/kandinsky5-pro/image-to-video", {
        input: { prompt: "slow dolly in", image_url: await picture() },
        logs: true,
        pollInterval: 50,
        onEnqueue: (requestId) => updates.push(`enqueued ${requestId}`),
        onQueueUpdate: (update) => {
          updates.push(update.status);
          if (update.status === "IN_PROGRESS") update.logs.map((log) => log.message).forEach((it) => messages.push(it));
        },
      });
      const file = await fetch(result.data.video.url);
      return { result, updates, messages, type: file.headers.get("content-type"), bytes: (await file.blob()).size };
    });
    await client.page.waitForFunction(() => window.logs?.some((message) => message.includes("(50%)")));
    await half.release();
    const seen = await running;
    assert.equal(seen.thrown, undefined);
    assert.match(seen.result.data.video.url, /output\.mp4$/);
    assert.match(seen.result.requestId, /^[\w-]{10,}$/);
    assert.equal(seen.updates[0], `enqueued ${seen.result.requestId}`);
    assert.equal(seen.updates.at(-1), "COMPLETED");
    assert.ok(seen.messages.some((message) => /frame \d+ of 120/.test(message)), seen.messages.join("\n"));
    assert.equal(seen.type, "video/mp4");
    assert.equal(seen.bytes, seen.result.data.video.file_size);

    const id = seen.result.requestId;
    const base = "https://queue.fal.run/fal-ai/kandinsky5-pro";
    const sent = lines(await client.sent()).filter((line, at, all) => line !== all[at - 1]);
    const upload = sent.findIndex((line) => line.startsWith("PUT"));
    assert.equal(sent[0], "POST https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3");
    assert.ok(upload > 0, sent.join("\n"));
    assert.deepEqual(sent.slice(upload + 1, upload + 4), [
      `POST ${base}/image-to-video`,
      `GET ${base}/requests/${id}/status?logs=1`,
      `GET ${base}/requests/${id}`,
    ]);
  });

  test("submit, status, result and cancel walk the queue by hand", async () => {
    const seen = await client.run(async () => {
      const id = "fal-ai/kandinsky5/text-to-video/distill";
      const input = { prompt: "a river" };
      const { request_id } = await fal.queue.submit(id, { input, webhookUrl: "https://example.com/hook?a=1" });
      const requestId = request_id;
      /** @type {any} */
      let status = await fal.queue.status(id, { requestId });
      const withoutLogs = status.logs ?? null;
      while (status.status !== "COMPLETED") {
        await sleep(50);
        status = await fal.queue.status(id, { requestId, logs: true });
      }
      const result = await fal.queue.result(id, { requestId });
      const late = await fal.queue.cancel(id, { requestId }).catch((error) => error);
      return { requestId, status, withoutLogs, result, late: { status: late.status, body: late.body } };
    });
    assert.equal(seen.thrown, undefined);
    assert.equal(seen.withoutLogs, null);
    assert.ok(seen.status.logs.length > 2);
    assert.equal(typeof seen.status.metrics.inference_time, "number");
    assert.equal(seen.result.requestId, seen.requestId);
    assert.deepEqual(seen.late, { status: 400, body: { status: "ALREADY_COMPLETED" } });
    const [submit] = await client.sent("distill");
    assert.ok(submit.target?.endsWith("/distill?fal_webhook=https%3A%2F%2Fexample.com%2Fhook%3Fa%3D1"));
    assert.deepEqual(submit.body, { prompt: "a river" });
  });

  test("upload gives a URL from which the file can be downloaded", async () => {
    const seen = await client.run(async () => {
      const url = await fal.storage.upload(new File(["Hello, World!"], "hello.txt", { type: "text/plain" }));
      return { url, text: await (await fetch(url)).text() };
    });
    assert.match(seen.url, /hello\.txt$/);
    assert.equal(seen.text, "Hello, World!");
    const [initiate] = await client.sent("initiate");
    assert.deepEqual(initiate.body, { content_type: "text/plain", file_name: "hello.txt" });
  });

  test("the flat exports and a client of one's own do the same", async () => {
    const held = await client.emulator.hold(HALF);
    const requestId = await client.run(async () => {
      const { cancel, config, submit } = library;
      config({ proxyUrl: { url: "/api/fal/proxy", when: ({ isBrowser }) => isBrowser } });
      const { request_id: requestId } = await submit(TEXT_TO_VIDEO, { input: { prompt: "x" } });
      await cancel(TEXT_TO_VIDEO, { requestId });
      return requestId;
    });
    await held.release();
    const seen = await client.run(async (requestId) => {
      // A local name: `window.status` already exists in browsers.
      const { result, status, subscribe, upload } = library;
      const input = { prompt: "x" };
      while ((await status(TEXT_TO_VIDEO, { requestId })).status !== "COMPLETED") await sleep(20);
      const gone = await result(TEXT_TO_VIDEO, { requestId }).catch((error) => error.status);
      const own = createFalClient({ proxyUrl: "/api/fal/proxy" });
      const done = await own.subscribe(TEXT_TO_VIDEO, { input, pollInterval: 20 });
      return { url: await upload(new Blob(["x"])), gone, video: done.data.video.url, same: subscribe === fal.subscribe };
    }, requestId);
    assert.equal(seen.thrown, undefined);
    assert.match(seen.url, /\d{13}\.octet$/, "named as the official client names a Blob");
    assert.match(seen.video, /mp4$/);
    assert.equal(seen.gone, 499, "cancelled");
  });

  test("a submit sends what the official client sends", async () => {
    await client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" }, priority: "low", hint: "warm", startTimeout: 30, headers: { "X-Mine": "1" } }));
    const [submit] = await client.sent("text-to-video");
    const expected = {
      accept: "application/json",
      "content-type": "application/json",
      "x-fal-queue-priority": "low",
      "x-fal-runner-hint": "warm",
      "x-fal-request-timeout": "30",
      "x-mine": "1",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(submit.headers[name], value, name);
    await client.emulator.clearRequests();
    await client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } }));
    const [plain] = await client.sent("text-to-video");
    assert.equal(plain.headers["x-fal-queue-priority"], "normal");
    assert.equal(plain.headers["x-fal-runner-hint"], undefined);
  });
});

describe("files in an input", () => {
  // Without a prompt the emulator renders nothing. These tests only need the body that it received.
  const bodySent = async () => (await client.sent("distill"))[0]?.body;

  test("are found anywhere, uploaded once each, and replaced in a copy", async () => {
    const seen = await client.run(async () => {
      const file = await picture();
      const other = new Blob(["b"], { type: "text/plain" });
      const input = { a: file, list: [file, { deep: other }], text: "data:,x", url: "https://a.b/c.png", n: 1, nothing: null };
      await fal.queue.submit(DISTILL, { input, validate: false });
      return input.a === file && /** @type {any} */ (input.list[1]).deep === other;
    });
    assert.equal(seen, true, "the caller's own objects stay as they are");
    assert.equal((await client.sent("initiate")).length, 2);
    const body = await bodySent();
    assert.match(body.a, /^http.*in\.png$/);
    assert.equal(body.list[0], body.a);
    assert.match(body.list[1].deep, /^http/);
    assert.deepEqual([body.text, body.url, body.n, body.nothing], ["data:,x", "https://a.b/c.png", 1, null]);
  });

  test("become data URIs with files: inline", async () => {
    await client.run(() => fal.queue.submit(DISTILL, { files: "inline", validate: false, input: { a: new Blob(["hi"], { type: "text/plain" }) } }));
    const body = await bodySent();
    assert.equal(body.a, "data:text/plain;base64,aGk=");
    assert.equal((await client.sent("initiate")).length, 0);
  });

  test("are inlined up to 8 kB and uploaded above with files: auto", async () => {
    await client.run(async () => {
      fal.config({ proxyUrl: "/api/fal/proxy", files: "auto" });
      const input = { small: new Blob([new Uint8Array(8192)]), large: new Blob([new Uint8Array(8193)]) };
      await fal.queue.submit(DISTILL, { input, validate: false });
    });
    const body = await bodySent();
    assert.match(body.small, /^data:application\/octet-stream;base64,/);
    assert.match(body.large, /^http/);
  });

  test("report their progress in bytes, never going back, up to the end", async () => {
    const seen = await client.run(async () => {
      const progress = [];
      const input = { a: new Blob([new Uint8Array(3_000_000)]), b: new Blob([new Uint8Array(500_000)]) };
      const onUploadProgress = ({ loaded, total }) => progress.push([loaded, total]);
      await fal.queue.submit(DISTILL, { input, onUploadProgress, validate: false });
      return progress;
    });
    assert.deepEqual(seen.at(-1), [3_500_000, 3_500_000]);
    assert.ok(seen.every(([loaded], at) => at === 0 || loaded >= seen[at - 1][0]), "never goes back");
  });

  test("of more than 90 MiB go up in parts, and arrive whole", async () => {
    const { url, bytes, progress } = await client.run(async () => {
      const chunk = new Uint8Array(1 << 20).map((_, at) => at % 251);
      const big = new File(Array.from({ length: 91 }, () => chunk), "big.bin");
      const progress = [];
      const url = await fal.storage.upload(big, { onUploadProgress: ({ loaded, total }) => progress.push([loaded, total]) });
      const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
      const isSame = stored.length === 91 * chunk.length && chunk.every((byte, at) => stored[90 * chunk.length + at] === byte);
      return { url, bytes: isSame, progress };
    });
    assert.match(url, /big\.bin$/);
    assert.ok(bytes);
    assert.deepEqual(progress.at(-1), [91 << 20, 91 << 20]);
    assert.ok(progress.every(([loaded], at) => at === 0 || loaded >= progress[at - 1][0]), "never goes back");
    const parts = (await client.sent()).filter(({ method }) => method === "PUT");
    assert.equal(parts.length, 10);
  });

  test("are not uploaded any further once one of them is refused", async () => {
    const seen = await client.run(async () => {
      let signal;
      const fetch = async (url, init) => {
        if (JSON.parse(init.body).file_name === "bad") return Response.json({ detail: "no" }, { status: 403 });
        signal = init.signal;
        return new Promise(() => {});
      };
      fal.config({ fetch });
      const input = { good: new File(["x"], "good"), bad: new File(["y"], "bad") };
      const { message } = await fal.queue.submit(DISTILL, { input, validate: false }).catch((error) => error);
      return { message, aborted: signal.aborted };
    });
    assert.deepEqual(seen, { message: "no (HTTP 403 from upload of bad)", aborted: true });
  });

  test("name their field when the upload is refused", async () => {
    await client.emulator.fault({ path_contains: "initiate", times: 1, status: 403, body: { detail: "User is locked" } });
    const { thrown } = await client.run(async () => fal.queue.submit(DISTILL, { input: { deep: [{ image: new Blob(["x"]) }] }, validate: false }));
    assert.equal(thrown.message, "User is locked (HTTP 403 from upload of deep[0].image)");
    assert.equal((await client.sent("distill")).length, 0);
  });
});

describe("inputs and arguments that cannot be right", () => {
  for (const [name, input, field, text] of /** @type {[string, Record<string, unknown>, string, string][]} */ ([
    ["no prompt", { image_url: "https://a.b/c.png" }, "prompt", "prompt: Field required"],
    ["no image", { prompt: "x" }, "image_url", "image_url: Field required"],
    ["a resolution outside the enum", { prompt: "x", image_url: "https://a.b/c.png", resolution: "720P" }, "resolution", 'resolution: Input should be one of "512P", "1024P", got "720P"'],
    ["a duration without a unit", { prompt: "x", image_url: "https://a.b/c.png", duration: 5 }, "duration", 'duration: Input should be one of "5s", got 5'],
    ["an unknown acceleration", { prompt: "x", image_url: "https://a.b/c.png", acceleration: "high" }, "acceleration", 'acceleration: Input should be one of "none", "regular", got "high"'],
    ["too many steps", { prompt: "x", image_url: "https://a.b/c.png", num_inference_steps: 41 }, "num_inference_steps", "num_inference_steps: Input should be less than or equal to 40, got 41"],
  ])) {
    test(`${name}: refused with the field's name, nothing sent`, async () => {
      const { thrown } = await client.run((input) => fal.subscribe(IMAGE_TO_VIDEO, { input }), input);
      assert.ok(thrown.message.startsWith(text), thrown.message);
      assert.deepEqual(thrown.is, ["Error", "FalError", "ApiError", "ValidationError"]);
      assert.deepEqual([thrown.code, thrown.status], ["invalid_input", 422]);
      assert.deepEqual(thrown.fieldErrors[0].loc, ["body", field]);
      assert.equal((await client.sent()).length, 0);
    });
  }

  test("validate: false leaves the judgement to the service", async () => {
    const { thrown } = await client.run(async () => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x", resolution: "720P" }, validate: false }));
    assert.equal(thrown.code, "http");
    assert.match(thrown.message, /^resolution: .*\(HTTP 422 from result\)/);
    assert.deepEqual(thrown.is, ["Error", "FalError", "ApiError", "ValidationError"]);
  });

  for (const id of ["", "kandinsky", "https://notfal.run/acme/app", "http://fal.run/acme/app", "acme/../app", "acme/app?x=1"]) {
    test(`the endpoint id ${JSON.stringify(id)} is refused, nothing sent`, async () => {
      const { thrown } = await client.run((id) => fal.queue.submit(id, { input: {} }), id);
      assert.match(thrown.message, /^endpointId: must be <owner>\/<alias>/);
      assert.equal((await client.sent()).length, 0);
    });
  }

  test("a start timeout of 1 second is refused", async () => {
    const { thrown } = await client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" }, startTimeout: 1 }));
    assert.match(thrown.message, /^startTimeout: must be a number of seconds greater than 1, got 1/);
    assert.equal((await client.sent()).length, 0);
  });

  test("an input that contains itself is refused", async () => {
    const { thrown } = await client.run(() => {
      const input = { prompt: "x" };
      input.self = input;
      return fal.queue.submit("acme/app", { input });
    });
    assert.match(thrown.message, /^input: cannot be written as JSON/);
  });
});

describe("errors", () => {
  const submit = () => client.run(() => fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } }));

  test("say the service's reason, which HTTP/2 leaves to the body", async () => {
    const detail = "User is locked. Reason: Exhausted balance.";
    await client.emulator.fault({ method: "POST", path_contains: "text-to-video", times: 1, status: 403, body: { detail } });
    const { thrown } = await submit();
    assert.equal(thrown.message, `${detail} (HTTP 403 from submit)`);
    assert.deepEqual(thrown.is, ["Error", "FalError", "ApiError"]);
    assert.deepEqual([thrown.name, thrown.status, thrown.body], ["ApiError", 403, { detail }]);
  });

  test("survive an error page and a body that is broken JSON", async () => {
    await client.emulator.fault({ method: "POST", path_contains: "text-to-video", times: 1, status: 400, headers: { "content-type": "text/html" }, body: "<html>no</html>" });
    assert.match((await submit()).thrown.message, /HTTP 400 from submit/);
    await client.emulator.fault({ method: "POST", path_contains: "text-to-video", times: 1, status: 400, headers: { "content-type": "application/json" }, body: "{broken" });
    const { thrown } = await submit();
    assert.deepEqual([thrown.name, thrown.status, thrown.body], ["ApiError", 400, "{broken"]);
  });

  test("a login page in place of an answer is no success", async () => {
    await client.emulator.fault({ path_contains: "/status", times: 2, status: 200, headers: { "content-type": "text/html" }, body: "<html>log in</html>" });
    const { thrown } = await client.run(async () => {
      const impatient = createFalClient({ proxyUrl: "/api/fal/proxy", retry: { maxRetries: 1, baseDelay: 1 } });
      const { request_id: requestId } = await impatient.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } });
      return impatient.queue.status(TEXT_TO_VIDEO, { requestId });
    });
    assert.equal(thrown.code, "bad_response");
    assert.match(thrown.message, /Unexpected answer to status: the answer is a web page/);
  });

  test("a job that failed rejects subscribe with the model's finding", async () => {
    const { thrown } = await client.run(async () => {
      const image_url = new File(["no image"], "a.png", { type: "image/png" });
      return fal.subscribe(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url } });
    });
    assert.equal(thrown.name, "ValidationError");
    assert.match(thrown.message, /^image_url: .* \(HTTP 422 from result\)$/);
    assert.equal(thrown.fieldErrors[0].type, "image_load_error");
    assert.ok(thrown.requestId);
  });

  test("a failed job rejects even where its result call succeeds", async () => {
    const body = { status: "COMPLETED", error: "Runner went away", error_type: "runner_disconnected", logs: [] };
    await client.emulator.fault({ path_contains: "/status", times: 1, status: 200, body });
    await client.emulator.fault({ method: "GET", path_contains: "/requests/", times: 1, status: 200, body: {} });
    const { thrown } = await client.run(() => fal.subscribe(TEXT_TO_VIDEO, { mode: "polling", input: { prompt: "x" } }));
    assert.equal(thrown.code, "job_failed");
    assert.match(thrown.message, /^Runner went away/);
    assert.ok(thrown.requestId);
  });

  test("an unknown request says so", async () => {
    const { thrown } = await client.run(() => fal.queue.result(TEXT_TO_VIDEO, { requestId: crypto.randomUUID() }));
    assert.match(thrown.message, /^Request not found \(HTTP 404 from result\)/);
  });

  test("what a callback throws rejects the call and cancels the job", async () => {
    const { thrown } = await client.run(() =>
      fal.subscribe(TEXT_TO_VIDEO, {
        input: { prompt: "x" },
        onQueueUpdate: () => {
          throw new RangeError("mine");
        },
      }),
    );
    assert.deepEqual([thrown.name, thrown.message], ["RangeError", "mine"]);
    await until(async () => (await client.sent("/cancel")).length === 1);
  });
});
