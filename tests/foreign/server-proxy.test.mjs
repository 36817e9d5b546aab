// fal's own server proxy in Express, between this package in Chromium and the emulator.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { HALF, startEmulator } from "../support/emulator.mjs";
import { DISTILL, IMAGE_TO_VIDEO, KEY, SQUARE, STRICT, TEXT_TO_VIDEO } from "./support/endpoints.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { startProxyServer } from "./support/proxy-server.mjs";

let emulator;
let server;
let browser;
let page;
/** All exchanges between the browser and any server, as text. */
let seen = [];
before(async () => {
  emulator = await startEmulator({ args: STRICT });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await emulator?.stop();
});
beforeEach(() => emulator.clearRequests());
afterEach(async () => {
  page?.removeAllListeners("requestfinished");
  await Promise.allSettled(seen);
  await page?.close();
  await server?.stop();
});

/**
 * Opens the app's page with the package in it. `config` configures the app's proxy.
 * @param {Parameters<typeof startProxyServer>[1]} [config]
 */
async function openApp(config = { allowedEndpoints: ["fal-ai/**"] }) {
  server = await startProxyServer(emulator, config);
  page = await browser.newPage();
  seen = [];
  page.on("requestfinished", (request) => seen.push(exchange(request)));
  await page.goto(server.url);
  await page.evaluate(async () => {
    Object.assign(window, await import("/fal-wasm/index.js"));
    window.fal.config({ proxyUrl: "/api/fal/proxy" });
    window.told = ({ name, message, status, code }) => ({ name, message, status, code });
  });
}

async function exchange(request) {
  const response = await request.response();
  const body = await response.text().catch(() => "");
  return JSON.stringify([request.url(), await request.allHeaders(), request.postData(), await response.allHeaders(), body]);
}

/** Checks that no part of the key was in anything that the browser sent or received. */
async function assertKeyUnseen() {
  const exchanges = await Promise.all(seen);
  assert.ok(exchanges.length > server.upstream.length, "the browser's part was recorded");
  for (const text of exchanges) {
    for (const part of KEY.split(":")) assert.ok(!text.includes(part), text.slice(0, 500));
  }
}

test("a picture becomes a video, and the key stays on the server", async () => {
  await openApp();
  const result = await page.evaluate(async (id) => {
    const canvas = new OffscreenCanvas(96, 64);
    canvas.getContext("2d")?.fillRect(0, 0, 48, 64);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const image_url = new File([blob], "in.png", { type: "image/png" });
    let logs;
    const onQueueUpdate = (update) => (logs = update.logs);
    return { ...(await fal.subscribe(id, { input: { prompt: "leaves", image_url }, logs: true, onQueueUpdate })), logs };
  }, IMAGE_TO_VIDEO);
  assertVideo(await download(result.data.video.url));
  assert.ok(result.logs.length > 1);
  assertKeyAdded();
  await assertKeyUnseen();
  const received = await emulator.requests();
  const put = received.find(({ method, path }) => method === "PUT" && path.startsWith("/files/"));
  assert.equal(put.headers.authorization, undefined, "the bytes go past the proxy, without a key");
  const proxied = received.filter(({ target }) => target);
  for (const { headers } of proxied) assert.equal(headers["x-fal-client-proxy"], "@fal-ai/server-proxy/express");
});

function assertKeyAdded() {
  const kinds = server.upstream.map(({ method, url }) => `${method} ${new URL(url).host}`);
  assert.deepEqual([...new Set(kinds)], ["POST rest.fal.ai", "POST queue.fal.run", "GET queue.fal.run"]);
  for (const { headers } of server.upstream) assert.equal(headers.get("authorization"), `Key ${KEY}`);
}

test("queue, status, result and cancel pass with their headers", async () => {
  await openApp();
  const held = await emulator.hold(HALF);
  const requestId = await page.evaluate(
    async ([id, other, input]) => {
      const submitted = await fal.queue.submit(id, { input, priority: "low", hint: "warm", startTimeout: 30 });
      const { request_id: cancelled } = await fal.queue.submit(other, { input: { prompt: "x" } });
      await fal.queue.cancel(other, { requestId: cancelled });
      return submitted.request_id;
    },
    [DISTILL, TEXT_TO_VIDEO, SQUARE],
  );
  await held.release();
  const found = await page.evaluate(
    async ([id, requestId]) => {
      let status;
      do status = await fal.queue.status(id, { requestId, logs: true });
      while (status.status !== "COMPLETED");
      return { status, result: await fal.queue.result(id, { requestId }) };
    },
    [DISTILL, requestId],
  );
  assert.equal(found.status.request_id, requestId);
  assert.ok(found.status.logs.length > 1);
  assertVideo(await download(found.result.data.video.url), { width: 512, height: 512 });
  const [{ headers }] = await emulator.requests();
  assert.deepEqual([headers["x-fal-queue-priority"], headers["x-fal-runner-hint"], headers["x-fal-request-timeout"]], ["low", "warm", "30"]);
  assert.ok(server.upstream.some(({ method, url }) => method === "PUT" && url.endsWith("/cancel")));
});

// The Express adapter always answers with status 200, whatever fal.ai answered. It leaves the body unchanged.

test("a job that fails rejects with what the model found, by field", async () => {
  await openApp();
  const error = await page.evaluate((id) => {
    const image_url = new File(["no picture"], "a.png", { type: "image/png" });
    return fal.subscribe(id, { input: { prompt: "x", image_url } }).catch(told);
  }, IMAGE_TO_VIDEO);
  assert.deepEqual([error.name, error.code], ["ValidationError", "http"]);
  assert.match(error.message, /^image_url: The image could not be loaded/);
});

test("a key that fal.ai refuses is an error: what a proxy that hides the status says is no proof that there is no job", async () => {
  await openApp({ resolveFalAuth: async () => "Key key-id:other" });
  const error = await page.evaluate(([id, input]) => fal.subscribe(id, { input }).catch(told), [DISTILL, SQUARE]);
  assert.deepEqual([error.name, error.code], ["SubmitUncertainError", "bad_response"]);
  assert.match(error.message, /names no request_id/);
});

test("an endpoint that the proxy does not allow is refused, and nothing reaches fal.ai", async () => {
  await openApp({ allowedEndpoints: ["fal-ai/kandinsky5/**"] });
  const error = await page.evaluate((id) => fal.queue.submit(id, { input: { prompt: "x" } }).catch(told), TEXT_TO_VIDEO);
  assert.deepEqual([error.name, error.status], ["ApiError", 400]);
  assert.match(error.message, /Invalid request/);
  assert.deepEqual(await emulator.requests(), []);
});
