// The examples with a server that holds the key, in Chromium. The server's requests to fal.ai lead to the emulator, which
// refuses every other key.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { checkTypes, here, makeWorkshop, runScript, startHono, startServer } from "./support/apps.mjs";
import { ENDPOINT, partsOf, testPage, untilHalf } from "./support/page-tests.mjs";
import { KEY, STRICT } from "../foreign/support/endpoints.mjs";
import { HALF } from "../support/emulator.mjs";
import { expectFailedLoads, untilPlaying, withPages } from "../support/page.mjs";

const ALLOWED = "fal-ai/kandinsky5-pro/**";

let workshop;
before(() => (workshop = makeWorkshop()));
after(() => workshop?.remove());

/**
 * A copy that finds its tools: Next takes the folder of a lock file for the root, and looks for nothing above it. Types have
 * a test of their own.
 */
function copyNext(replacements) {
  const copy = workshop.copy("next", replacements);
  writeFileSync(path.join(copy, "next.config.mjs"), `export default { turbopack: { root: ${JSON.stringify(here)} }, typescript: { ignoreBuildErrors: true } };\n`);
  return copy;
}

/** Records the exchanges between a page and any server, as text. */
function recordExchanges(page) {
  const seen = [];
  // A stream of statuses may end with the page, and is not read then.
  page.on("requestfinished", (request) => seen.push(exchange(request).catch(() => "")));
  return () => Promise.all(seen);
}

/** @param {string} target */
async function fetchThroughProxy(target) {
  const response = await fetch("/api/fal/proxy", { headers: { "x-fal-target-url": target } });
  return response.text();
}

async function exchange(request) {
  const response = await request.response();
  const body = await response.text().catch(() => "");
  return JSON.stringify([request.url(), await request.allHeaders(), request.postData(), await response.allHeaders(), body]);
}

/**
 * Declares the tests of a server with a proxy.
 * @param {() => { emulator: import("../support/emulator.mjs").Emulator, show: any, url: string, options?: object }} started
 * `options` are those of the browser's context
 * @param {string} adapter the name that the proxy gives itself
 */
function testProxy(started, adapter) {
  async function open() {
    const { show, url, options } = started();
    const view = await show("about:blank", options);
    const exchanges = recordExchanges(view.page);
    await view.page.goto(url);
    return { ...view, ...partsOf(view.page), exchanges };
  }

  testPage(
    () => ({ emulator: started().emulator, open }),
    async ({ page, exchanges }) => {
      // The emulator refuses other keys, so the server has added this one.
      const proxied = (await started().emulator.requests()).filter(({ target }) => target);
      assert.ok(proxied.length > 2);
      for (const { headers } of proxied) assert.equal(headers["x-fal-client-proxy"], `@fal-ai/server-proxy/${adapter}`);
      // The client ends a request when it has read the answer, and the browser forgets the body. Fetch each again.
      const targets = proxied.filter(({ method }) => method === "GET").map(({ target }) => target);
      for (const target of targets) await page.evaluate(fetchThroughProxy, target);
      const texts = await exchanges();
      assert.ok(texts.some((text) => text.includes("queue.fal.run") && text.includes(".mp4")), "the result was recorded");
      for (const text of texts) {
        for (const part of KEY.split(":")) assert.ok(!text.includes(part), `the key reached the browser: ${text.slice(0, 500)}`);
      }
    },
  );
}

/** Proxies that refuse: the changed lines of a copy, and the server's environment. */
const REFUSALS = /** @type {const} */ ([
  ["does not allow the endpoint", [["server.mjs", ALLOWED, "fal-ai/flux/**"]], {}],
  ["lets nobody in", [], { NODE_ENV: "production" }],
]);

/** Fails unless the page says that its proxy refused, and nothing was submitted or uploaded. */
async function assertRefused(emulator, view) {
  const parts = partsOf(view.page);
  await parts.order();
  assert.match(String(await parts.untilAlert(/./)), /Unauthorized|Invalid request/);
  assert.deepEqual((await emulator.requests()).filter(({ path, target }) => `${target ?? path}`.includes(ENDPOINT)), []);
  expectFailedLoads(view);
}

describe("examples/next: Next with a route that holds the key", () => {
  let emulator;
  let show;
  let app;
  let server;
  withPages(STRICT, (started) => ({ emulator, show } = started));
  before(async () => {
    app = copyNext();
    server = await startServer(app, "dev", { emulator: emulator.url, args: ["--port", "0"], env: { FAL_KEY: KEY } });
  });
  after(() => server?.stop());

  testProxy(() => ({ emulator, show, url: server.url }), "nextjs-app-router");
});

describe("examples/express-proxy: a page of an Express server that holds the key", () => {
  let emulator;
  let show;
  let server;
  withPages(STRICT, (started) => ({ emulator, show } = started));
  before(async () => (server = await startExpress(workshop.copy("express-proxy"))));
  after(() => server?.stop());

  const startExpress = (app, env = {}) => startServer(app, "start", { emulator: emulator.url, env: { FAL_KEY: KEY, PORT: "0", ...env } });

  testProxy(() => ({ emulator, show, url: server.url }), "express");

  test("a lost connection to fal is an error in the page, and the server goes on", async () => {
    await emulator.fault({ path_contains: "/storage/upload/initiate", times: 1, close: true });
    const view = await show(server.url);
    const { order, untilAlert } = partsOf(view.page);
    await order();
    assert.match(String(await untilAlert(/./)), /HTTP 500/);
    await order();
    await untilPlaying(view.page);
    expectFailedLoads(view);
  });

  for (const [name, replacements, env] of REFUSALS) {
    test(`a proxy that ${name} leads to words in the page, and nothing reaches fal`, async () => {
      const other = await startExpress(workshop.copy("express-proxy", replacements), env);
      try {
        await assertRefused(emulator, await show(other.url));
      } finally {
        await other.stop();
      }
    });
  }
});

describe("the proxy for Hono and Cloudflare's workers", () => {
  let emulator;
  let show;
  let server;
  withPages(STRICT, (started) => ({ emulator, show } = started));
  before(async () => (server = await startHono(workshop.copy("express-proxy"), { emulator: emulator.url, env: { FAL_KEY: KEY } })));
  after(() => server?.stop());

  const options = () => ({ storageState: { cookies: [{ name: "session", value: "1", domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" }], origins: [] } });
  testProxy(() => ({ emulator, show, url: server.url, options: options() }), "hono");

  test("lets nobody spend the key without a session", async () => {
    await assertRefused(emulator, await show(server.url));
  });

  test("type-checks", () => checkTypes(path.join(here, "proxies")));
});

describe("without a key, as the READMEs say:", () => {
  let emulator;
  let show;
  withPages([], (started) => ({ emulator, show } = started));

  /** Fails unless a job of the page goes to the emulator, past the server. */
  async function assertReachesEmulator(url) {
    await emulator.hold(HALF);
    const view = await show(url);
    const parts = partsOf(view.page);
    await parts.order();
    await untilHalf({ ...view, ...parts });
    const proxied = (await emulator.requests()).filter(({ target }) => target);
    assert.deepEqual(proxied.filter(({ headers }) => headers["x-fal-client-proxy"]), []);
    await parts.cancel.click();
    await parts.untilStatus("cancelled");
  }

  test("the page of examples/express-proxy reaches the emulator", async () => {
    const proxyUrl = `proxyUrl: "${emulator.url}/api/fal/proxy"`;
    const app = workshop.copy("express-proxy", [["public/index.html", 'proxyUrl: "/api/fal/proxy"', proxyUrl]]);
    const server = await startServer(app, "start", { emulator: emulator.url, env: { PORT: "0" } });
    try {
      await assertReachesEmulator(server.url);
    } finally {
      await server.stop();
    }
  });

  describe("examples/next, built,", () => {
    let app;
    let server;
    before(async () => {
      app = copyNext();
      const env = { NEXT_PUBLIC_FAL_PROXY: `${emulator.url}/api/fal/proxy` };
      await runScript(app, "build", env);
      server = await startServer(app, "start", { emulator: emulator.url, args: ["--port", "0"], env });
    });
    after(() => server?.stop());

    test("has a page that reaches the emulator", () => assertReachesEmulator(server.url));

    test("has a route that lets nobody in until it checks who asks", async () => {
      const headers = { "content-type": "application/json", "x-fal-target-url": `https://queue.fal.run/${ENDPOINT}` };
      const answer = await fetch(`${server.url}/api/fal/proxy`, { method: "POST", headers, body: "{}" });
      assert.deepEqual([answer.status, await answer.json()], [401, "Unauthorized"]);
      assert.deepEqual(await emulator.requests(), []);
    });

    test("type-checks, and type errors are found", async () => {
      await checkTypes(app);
      const file = path.join(app, "app/image-to-video.tsx");
      writeFileSync(file, readFileSync(file, "utf8").replace("image_url: photo", "photo"));
      await assert.rejects(checkTypes(app), /'photo' does not exist/);
    });
  });
});
