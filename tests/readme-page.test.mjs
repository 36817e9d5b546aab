// The page of the README for a plain script, as it stands there, against the emulator.

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

test("the page of the README makes a video of the photo that is chosen", { skip: cannot("routes", "chooser") }, async () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const [, body] = /^```html\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  assert.ok(body?.includes("onchange"), "the page is found");
  const { page } = await show("about:blank");
  await page.route(`${CDN}*`, (route) => route.fulfill({ contentType: "text/javascript", path: path.join(root, "dist/fal.global.js") }));
  // The page of an app, on the origin of its proxy.
  await page.route("**/readme.html", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><link rel=icon href=data:,>${body}` }));
  await page.goto(`${emulator.url}/readme.html`);
  await page.locator("#photo").setInputFiles(pngFile());
  await page.waitForFunction(() => document.querySelector("video")?.src);
  await page.locator("video").evaluate((/** @type {HTMLVideoElement} */ video) => ((video.muted = true), video.play()));
  const { width } = await untilPlaying(page);
  assert.equal(width, 768);
  const submit = (await emulator.requests()).find(({ target, method }) => method === "POST" && target?.includes("queue.fal.run"));
  assert.equal(submit?.body.prompt, "slow dolly in");
});
