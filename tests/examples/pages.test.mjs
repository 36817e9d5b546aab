// The examples without a server of their own, in Chromium: their pages reach the emulator as their proxy.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { checkTypes, makeWorkshop, read, runScript, startServer } from "./support/apps.mjs";
import { partsOf, testPage } from "./support/page-tests.mjs";
import { startEmulator } from "../support/emulator.mjs";
import { expectFailedLoads, withPages } from "../support/page.mjs";

const EMULATOR = "http://127.0.0.1:8787";

let workshop;
before(() => (workshop = makeWorkshop()));
after(() => workshop?.remove());

describe("examples/vanilla: a page without a build", () => {
  let emulator;
  let show;
  let page;
  withPages([], (started) => ({ emulator, show } = started));
  before(() => (page = workshop.copy("vanilla", [["index.html", EMULATOR, emulator.url]])));

  const [script] = /https:\/\/cdn\.jsdelivr\.net[^"]+/.exec(read("vanilla", "index.html")) ?? [];

  /** Opens the file as a double click does, with the script that the CDN would serve. */
  async function open() {
    const view = await show("about:blank");
    const { jsdelivr } = JSON.parse(readFileSync(path.join(page, "node_modules/fal-wasm/package.json"), "utf8"));
    const file = path.join(page, "node_modules/fal-wasm", jsdelivr);
    await view.page.route(String(script), (route) => route.fulfill({ path: file, contentType: "text/javascript" }));
    await view.page.goto(pathToFileURL(path.join(page, "index.html")).href);
    return { ...view, ...partsOf(view.page) };
  }

  testPage(() => ({ emulator, open }));

  test("names this version of the package", () => {
    const { version } = JSON.parse(readFileSync(path.join(page, "node_modules/fal-wasm/package.json"), "utf8"));
    assert.equal(script, `https://cdn.jsdelivr.net/npm/fal-wasm@${version}`);
  });
});

describe("examples/vite-react: React with Vite's server, which forwards to the emulator", () => {
  let emulator;
  let show;
  let app;
  let server;
  withPages([], (started) => ({ emulator, show } = started));
  before(async () => {
    app = workshop.copy("vite-react", [["vite.config.ts", EMULATOR, emulator.url]]);
    server = await startServer(app, "dev", { emulator: emulator.url, args: ["--port", "0"] });
  });
  after(() => server?.stop());

  async function open() {
    const view = await show(server.url);
    return { ...view, ...partsOf(view.page) };
  }

  testPage(() => ({ emulator, open }));

  test("a proxy that does not answer is an error in words", async () => {
    const view = await open();
    await view.page.route("**/api/fal/proxy", (route) => route.fulfill({ status: 404, body: "" }));
    await view.order();
    assert.match(await view.untilAlert(/./), /proxy/);
    expectFailedLoads(view);
  });

  test("with a key, the emulator refuses the page by words that name the option of the README", async () => {
    // Nothing is forwarded with it.
    const withKey = await startEmulator({ env: { FAL_KEY: "key-id:key-secret" } });
    const copy = workshop.copy("vite-react", [["vite.config.ts", EMULATOR, withKey.url]]);
    const other = await startServer(copy, "dev", { emulator: withKey.url, args: ["--port", "0"] });
    try {
      const view = await show(other.url);
      const parts = partsOf(view.page);
      await parts.order();
      assert.match(await parts.untilAlert(/./), new RegExp(`--allow-origin ${other.url} `));
      assert.ok(read("vite-react", "README.md").includes("--allow-origin http://localhost:5173"));
      expectFailedLoads(view);
    } finally {
      await other.stop();
      await withKey.stop();
    }
  });

  test("type-checks, and type errors are found", async () => {
    await checkTypes(app);
    const broken = workshop.copy("vite-react", [["src/ImageToVideo.tsx", "image_url: photo", "photo"]]);
    await assert.rejects(checkTypes(broken), /'photo' does not exist/);
  });

  test("builds", () => runScript(workshop.copy("vite-react"), "build"));
});
