// A page of another origin may use an emulator on this machine as it may use fal.ai. It must not act as the emulator's own
// page, and must not spend the emulator's key.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launchBrowser } from "./support/browser.mjs";
import { until } from "./support/client.mjs";
import { startEmulator } from "./support/emulator.mjs";
import { startRecorder } from "./support/recorder.mjs";

const KEY = "id:secret";
const SUBMIT = "https://queue.fal.run/fal-ai/kandinsky5-pro/text-to-video";
/** A page with a script. If the script runs, it calls the emulator, as a page of the emulator's origin could. */
const SCRIPT = `<title>silent</title><script>document.title = 'ran'; fetch('/fal.run/emulator/echo/ran')</script>`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch('/fal.run/emulator/echo/ran'); document.documentElement.id = 'ran'</script></svg>`;

let emulator;
let foreign;
let browser;
let page;
let answer;
before(async () => {
  [emulator, foreign, browser] = await Promise.all([startEmulator(), startRecorder((request) => answer(request)), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await foreign?.stop();
  await emulator?.stop();
});
beforeEach(async () => {
  answer = () => ({ headers: { "content-type": "text/html" }, body: "<!doctype html><title>foreign</title>" });
  foreign.requests.length = 0;
  page = await browser.newPage();
  await page.goto(foreign.url);
  await emulator.clearRequests();
});
afterEach(() => page.close());

describe("an answer that a page of another origin navigates to", () => {
  const content = (type, text) => `/fal.run/emulator/content?${new URLSearchParams({ content_type: type, text })}`;
  const stream = `/fal.run/emulator/stream?${new URLSearchParams({ content_type: "text/html", events: "1", payload: JSON.stringify(SCRIPT) })}`;

  /** Navigates as a script in the current page would. */
  async function navigate(to) {
    const arrived = page.waitForURL(to, { waitUntil: "load" });
    await page.evaluate((to) => {
      location.href = to;
    }, to);
    await arrived;
  }
  const hasRun = () => page.evaluate(() => document.title === "ran" || document.documentElement.id === "ran");

  for (const [what, place] of [
    ["a page", content("text/html", SCRIPT)],
    ["a picture with a script in it", content("image/svg+xml", SVG)],
    ["XHTML", content("application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><head>${SCRIPT}</head></html>`)],
    ["a stream of the type of a page", stream],
  ]) {
    test(`runs no script on the emulator's origin: ${what}`, async () => {
      await navigate(emulator.url + place);
      assert.equal(await hasRun(), false);
      assert.equal(await page.evaluate(() => self.origin), "null");
      const requests = await emulator.requests();
      assert.deepEqual(requests.filter(({ path }) => path.endsWith("/ran")), []);
    });
  }

  test("would run the same script if it were no sandbox", async () => {
    for (const [type, body] of [["text/html", SCRIPT], ["image/svg+xml", SVG]]) {
      answer = () => ({ headers: { "content-type": type }, body });
      await navigate(`${foreign.url}/${type}`);
      assert.equal(await hasRun(), true, type);
    }
  });
});

describe("a proxy that holds a key", () => {
  /** Calls the proxy from the current page. Resolves with the answer, or with an exception as text. */
  const call = (proxy) =>
    page.evaluate(
      async ([url, target]) => {
        const request = { method: "POST", headers: { "x-fal-target-url": target, "content-type": "application/json" }, body: '{"prompt":"x"}' };
        try {
          const reply = await fetch(url, request);
          return { status: reply.status, detail: (await reply.json()).detail };
        } catch (error) {
          return String(error);
        }
      },
      [`${proxy.url}/api/fal/proxy`, SUBMIT],
    );
  const forwarding = (...args) => startEmulator({ args: ["--upstream", emulator.url, ...args], env: { FAL_KEY: KEY } });

  test("tells a page of another origin why it is refused, and forwards nothing", async (t) => {
    const proxy = await forwarding();
    t.after(proxy.stop);
    const { status, detail } = await call(proxy);
    assert.equal(status, 403);
    assert.ok(detail.endsWith(`--allow-origin ${foreign.url}`), detail);
    assert.deepEqual(await emulator.requests(), []);
  });

  test("is refused to the client at once, in words that say what to do", async (t) => {
    const proxy = await forwarding();
    t.after(proxy.stop);
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    const error = await page.evaluate(async (url) => {
      const { fal } = await import(`${url}/fal-wasm/index.js`);
      fal.config({ proxyUrl: `${url}/api/fal/proxy` });
      return fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", { input: { prompt: "x" } }).catch(({ status, message }) => ({ status, message }));
    }, proxy.url);
    assert.equal(error.status, 403);
    assert.ok(error.message.includes(`--allow-origin ${foreign.url}`), error.message);
    assert.equal(sent.length, 1, "no retry");
  });

  test("serves a page of another origin that the command line names", async (t) => {
    const proxy = await forwarding("--allow-origin", foreign.url);
    t.after(proxy.stop);
    assert.equal((await call(proxy)).status, 200);
    assert.equal((await emulator.requests()).length, 1);
  });
});

test("a page of another origin has no webhook sent to this machine", async () => {
  // A request that a page may send without a preflight.
  await page.evaluate(
    async ([origin, hook]) => {
      const submit = `${origin}/queue.fal.run/emulator/echo?fal_webhook=${encodeURIComponent(hook)}`;
      await fetch(submit, { method: "POST", mode: "no-cors", body: "{}" });
    },
    [emulator.url, `${foreign.url}/admin`],
  );
  const isEcho = (/** @type {{ endpoint_id: string, is_done: boolean }} */ job) => job.endpoint_id === "emulator/echo" && job.is_done;
  const { request_id: id } = await until(async () => (await emulator.jobs()).find(isEcho));
  const status = await (await fetch(`${emulator.url}/queue.fal.run/emulator/echo/requests/${id}/status?logs=1`)).json();
  assert.match(status.logs[0].message, /^Nothing will be sent to the webhook: .*--allow-origin/);
  assert.deepEqual(foreign.requests.filter(({ path }) => path === "/admin"), []);
});
