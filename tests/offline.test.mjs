// A page's first call while there is no network. The call waits for the network, as later calls do.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launchBrowser } from "./support/browser.mjs";
import { until } from "./support/client.mjs";
import { BLANK_PAGE, startEmulator } from "./support/emulator.mjs";
import { startRecorder } from "./support/recorder.mjs";

let emulator;
let browser;
let context;
let page;
/** The package's files that the page has requested. */
let asked;
before(async () => {
  emulator = await startEmulator();
  browser = await launchBrowser({ args: ["--host-resolver-rules=MAP app.test 127.0.0.1"] });
});
after(async () => {
  await browser?.close();
  await emulator?.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
});
afterEach(() => context.close());

/** Opens a page with the package, and then takes the network away. */
async function open(origin = emulator.url) {
  await page.goto(`${origin}${BLANK_PAGE}`);
  await page.evaluate(async () => {
    Object.assign(window, await import("/fal-wasm/index.js"));
    fal.config({ proxyUrl: "/api/fal/proxy" });
    window.begin = (options) => {
      window.ended = fal.queue.submit("emulator/echo", { input: { n: 1 }, ...options }).then(
        ({ request_id }) => ({ request_id }),
        ({ name, message }) => ({ name, message }),
      );
    };
  });
  await context.setOffline(true);
}
const ended = () => page.evaluate(() => window.ended);

describe("the first call of a page while there is no network", () => {
  test("is made when the network is back", async () => {
    await open();
    await Promise.all([page.waitForEvent("requestfailed"), page.evaluate(() => begin())]);
    await context.setOffline(false);
    assert.match((await ended()).request_id, /^[\w-]{10,}$/);
    assert.equal(asked.filter((path) => path === "/fal-wasm/core.js").length, 2);
    assert.equal((await emulator.requests()).filter(({ target }) => target).length, 1);
  });

  test("does not try to load anything before, where a failed import would last", async () => {
    await open(emulator.url.replace("127.0.0.1", "app.test"));
    await page.evaluate(() => begin());
    // Wait for one more task, and check that nothing was requested.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    assert.ok(!asked.includes("/fal-wasm/core.js"));
    await context.setOffline(false);
    assert.match((await ended()).request_id, /^[\w-]{10,}$/);
  });

  test("ends at its timeout, and at an abort", async () => {
    await open();
    await page.evaluate(() => begin({ timeout: 50 }));
    assert.deepEqual(await ended(), { name: "TimeoutError", message: "Timed out after 50 ms" });
    await page.evaluate(() => {
      window.controller = new AbortController();
      begin({ abortSignal: controller.signal });
    });
    await page.evaluate(() => controller.abort());
    assert.equal((await ended()).name, "AbortError");
    await context.setOffline(false);
    await page.evaluate(() => preload());
    assert.deepEqual(asked.filter((path) => path.includes("proxy")), []);
  });
});

describe("a submit that fails while there is no network", () => {
  let server;
  before(async () => (server = await startRecorder(() => held)));
  after(() => server?.stop());
  /** The server's answer. When this promise resolves, the connection breaks. */
  let held;
  let breakConnection;
  beforeEach(async () => {
    held = new Promise((resolve) => (breakConnection = resolve));
    server.requests.length = 0;
    await page.goto(`${emulator.url}${BLANK_PAGE}`);
    // The network works, but the page is told that it does not.
    await page.evaluate(async (proxyUrl) => {
      Object.assign(window, await import("/fal-wasm/index.js"));
      await preload();
      Object.defineProperty(navigator, "onLine", { get: () => false });
      fal.config({ proxyUrl });
      window.submit = () => {
        const submitted = fal.queue.submit("acme/app", { input: {} });
        window.ended = submitted.catch(({ name, code, jobMayExist }) => [name, code, jobMayExist]);
      };
    }, server.url);
  });
  const uncertain = ["SubmitUncertainError", "network", true];
  const isHere = () => until(() => server.requests.length > 0);

  test("may have been sent, where the network came back in between", async () => {
    await page.evaluate(() => submit());
    await isHere();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    breakConnection();
    assert.deepEqual(await ended(), uncertain);
  });

  test("may have been sent, where another fetch than the browser's own sent it", async () => {
    const replacements = {
      "of the configuration": (proxyUrl) => fal.config({ proxyUrl, fetch: (/** @type {Parameters<typeof fetch>} */ ...given) => fetch(...given) }),
      "in a service worker's hands": (proxyUrl) => {
        fal.config({ proxyUrl });
        Object.defineProperty(navigator.serviceWorker, "controller", { value: {}, configurable: true });
      },
      "replaced in the page": () => {
        Reflect.deleteProperty(navigator.serviceWorker, "controller");
        const own = fetch;
        window.fetch = async (...given) => own(...given);
      },
    };
    for (const [what, replace] of Object.entries(replacements)) {
      server.requests.length = 0;
      await page.evaluate(replace, server.url);
      await page.evaluate(() => submit());
      await isHere();
      breakConnection();
      assert.deepEqual(await ended(), uncertain, what);
    }
  });
});
