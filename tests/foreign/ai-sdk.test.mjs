// The AI SDK's fal provider against the emulator: videos, images, errors. In the version that the emulator was first tested
// with, and in the newest.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createFal } from "@ai-sdk/fal";
import { createFal as createFal3 } from "@ai-sdk/fal-3";
import * as ai from "ai";
import * as ai7 from "ai-7";
import { HALF, startEmulator } from "../support/emulator.mjs";
import { png } from "../support/images.mjs";
import { DISTILL, IMAGE_TO_VIDEO, KEY, STRICT, TEXT_TO_VIDEO, WRONG_KEY } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { fetchFrom } from "./support/redirect.mjs";

const POLL_MS = 50;

describe("version 6", () => {
  // Replaces the SDK's own download, which refuses addresses of this machine. The emulator's files are on this machine.
  const fromHere = () => async ({ url }) => ({ data: await download(url), mediaType: undefined });
  const polling = { providerOptions: { fal: { pollIntervalMs: POLL_MS } } };
  const assertRefused = (error) => {
    assert.ok(ai.APICallError.isInstance(error));
    assert.equal(error.statusCode, 422);
    assert.equal(JSON.parse(error.responseBody ?? "").detail[0].type, "image_load_error");
    assert.equal(error.isRetryable, false);
  };
  testsOf({ ...ai, createFal, args: STRICT, downloadBy: fromHere, polling, assertRefused });
});

describe("version 7", () => {
  // The SDK's own download, which takes fal's hosts only: `fetch` leads them to the emulator.
  const downloadBy = (fetch) => ai7.createDownload({ fetch });
  const polling = { poll: { intervalMs: POLL_MS } };
  // This version gives the status text of the answer, and not the service's words.
  const assertRefused = (error) => assert.equal(error.message, "Unprocessable Entity");
  testsOf({ ...ai7, createFal: createFal3, args: [...STRICT, "--public-urls", "fal"], downloadBy, polling, assertRefused });
});

/**
 * The tests of one version. `args` are the emulator's. `downloadBy` makes the SDK's download from a `fetch`, `polling` is the
 * option that makes it poll soon, and `assertRefused` checks the error of a job that the model refuses.
 * @param {any} version
 */
function testsOf({ createFal, generateImage, experimental_generateVideo: generateVideo, APICallError, args, downloadBy, polling, assertRefused }) {
  let emulator;
  let fal;
  let fromHere;
  let sent;
  before(async () => {
    emulator = await startEmulator({ args });
    fal = createFal({ apiKey: KEY, fetch: fetchFrom(emulator.url, { note: (request) => sent.push(request) }) });
    fromHere = downloadBy(fetchFrom(emulator.url));
  });
  after(() => emulator?.stop());
  beforeEach(() => (sent = []));

  describe("videos", () => {
    test("are made from a prompt", async () => {
      const prompt = "a river";
      const made = await generateVideo({ model: fal.video(DISTILL), prompt, aspectRatio: "1:1", duration: 5, ...polling, download: fromHere });
      assert.equal(made.video.mediaType, "video/mp4");
      assertVideo(made.video.uint8Array, { width: 512, height: 512 });
      const [submit, ...polls] = sent;
      assert.deepEqual([submit.method, submit.url], ["POST", `https://queue.fal.run/${DISTILL}`]);
      assert.ok(polls.length > 1, "it asked before the video was there, and understood that it was not");
      for (const { url, headers } of polls) {
        assert.match(url, /^https:\/\/queue\.fal\.run\/fal-ai\/kandinsky5\/requests\/[\w-]{36}$/);
        assert.equal(headers.get("authorization"), `Key ${KEY}`);
      }
      const [{ body }] = await emulator.requests();
      assert.deepEqual(body, { prompt, aspect_ratio: "1:1", duration: "5s" });
    });

    test("are made from a picture, with the seed that was asked for", async () => {
      const prompt = { text: "leaves", image: new Uint8Array(png({ width: 96, height: 96 })) };
      const made = await generateVideo({ model: fal.video(IMAGE_TO_VIDEO), prompt, seed: 7, ...polling, download: fromHere });
      const video = assertVideo(made.video.uint8Array);
      assert.equal(video.width, video.height, "as the picture is");
      assert.equal(made.providerMetadata.fal.seed, 7);
    });

    test("that the model refuses are an error", async () => {
      const prompt = { text: "x", image: new Uint8Array(png({ width: 16, height: 16 })).slice(0, 60) };
      const error = await failure(generateVideo({ model: fal.video(IMAGE_TO_VIDEO), prompt, maxRetries: 0, ...polling }));
      assertRefused(error);
    });

    test("of an unknown app are an APICallError that no attempt follows", async () => {
      const error = await failure(generateVideo({ model: fal.video("fal-ai/none"), prompt: "x" }));
      assert.ok(APICallError.isInstance(error));
      assert.deepEqual([error.statusCode, JSON.parse(error.responseBody)], [404, { detail: 'Application "none" not found' }]);
      assert.equal(sent.length, 1);
    });

    test("with a wrong key are an APICallError with the service's words", async () => {
      const stranger = createFal({ apiKey: "key-id:other", fetch: fetchFrom(emulator.url) });
      const error = await failure(generateVideo({ model: stranger.video(DISTILL), prompt: "x" }));
      assert.deepEqual([error.statusCode, JSON.parse(error.responseBody)], [401, WRONG_KEY]);
    });

    test("end with an abort", async () => {
      const held = await emulator.hold(HALF);
      const abortSignal = AbortSignal.timeout(200);
      const error = await failure(generateVideo({ model: fal.video(TEXT_TO_VIDEO), prompt: "x", abortSignal, ...polling }));
      assert.equal(abortSignal.aborted, true);
      assert.match(String(error), /abort|timeout/i);
      await held.release();
    });
  });

  describe("images", () => {
    test("are asked for with a synchronous run, whose refusal names the field", async () => {
      const options = { providerOptions: { fal: { resolution: "4K" } } };
      const error = await failure(generateImage({ model: fal.image(TEXT_TO_VIDEO), prompt: "x", ...options }));
      assert.ok(APICallError.isInstance(error));
      assert.equal(error.statusCode, 422);
      assert.equal(error.message, "body.resolution: Input should be '512P' or '1024P'");
      assert.deepEqual(sent.map(({ method, url }) => [method, url]), [["POST", `https://fal.run/${TEXT_TO_VIDEO}`]]);
    });
  });
}
