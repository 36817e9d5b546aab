// The pages of the README for a plain script and for a module, as they stand there, against the emulator.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { root } from "../scripts/steps.mjs";
import { cannot } from "./support/engines/limits.mjs";
import { pngFile } from "./support/images.mjs";
import { untilPlaying, withPages } from "./support/page.mjs";

const CDN = "https://cdn.jsdelivr.net/npm/fal-wasm@";

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

/** The page of the README that contains this word. */
function pageWith(word) {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const body = Array.from(readme.matchAll(/^```html\n([\s\S]*?)^```$/gm), ([, body]) => body).find((body) => body.includes(word));
  assert.ok(body, "the page is found");
  return body;
}

/** Opens a page on the origin of its proxy, as an app's. */
async function open(page, body) {
  await page.route("**/readme.html", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><link rel=icon href=data:,>${body}` }));
  await page.goto(`${emulator.url}/readme.html`);
}

test("the page of the README makes a video of the photo that is chosen", { skip: cannot("routes", "chooser") }, async () => {
  const { page } = await show("about:blank");
  await page.route(`${CDN}*`, (route) => route.fulfill({ contentType: "text/javascript", path: path.join(root, "dist/fal.global.js") }));
  await open(page, pageWith("onchange"));
  await page.locator("#photo").setInputFiles(pngFile());
  await page.waitForFunction(() => document.querySelector("video")?.src);
  await page.locator("video").evaluate((/** @type {HTMLVideoElement} */ video) => ((video.muted = true), video.play()));
  const { width } = await untilPlaying(page);
  assert.equal(width, 768);
  const submit = (await emulator.requests()).find(({ target, method }) => method === "POST" && target?.includes("queue.fal.run"));
  assert.equal(submit?.body.prompt, "slow dolly in");
});

test("the README's module has its core before the first call, and fetches it once", { skip: cannot("routes") }, async () => {
  const { page } = await show("about:blank");
  /** @type {string[]} */
  const fetched = [];
  await page.route(`${CDN}**`, (route) => {
    const name = path.posix.basename(new URL(route.request().url()).pathname);
    fetched.push(name);
    return route.fulfill({ contentType: "text/javascript", headers: { "access-control-allow-origin": "*" }, path: path.join(root, "dist", name) });
  });
  const call = 'window.ask = () => fal.queue.submit("emulator/echo", { input: {} });';
  await open(page, pageWith("import { fal }").replace("</script>", `  fal.config({ proxyUrl: "/api/fal/proxy" });\n  ${call}\n</script>`));
  await page.waitForFunction(() => "ask" in window && performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/core.js")));
  assert.deepEqual(fetched.toSorted(), ["core.js", "index.js"]);
  const { request_id: id } = await page.evaluate(() => Reflect.get(window, "ask")());
  assert.match(id, /^[\w-]{36}$/);
  assert.deepEqual(fetched.toSorted(), ["core.js", "index.js"], "the call fetched nothing more");
});
