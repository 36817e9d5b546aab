// Counts the requests of one 512P 5 s job on the page. Each request is named, and none comes twice. The time from the job's
// end to the video is only printed; `npm run bench` measures it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pngFile } from "./support/images.mjs";
import { partsOf, untilPlaying, withPages } from "./support/page.mjs";

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

test("one job: two requests for the file, one submit, one stream of statuses, one result", async (t) => {
  const { page } = await show(emulator.url);
  const parts = partsOf(page);
  await parts.image.setInputFiles(pngFile({ width: 1536, height: 1024, grain: 30 }));
  await parts.prompt.fill("slow dolly in");
  await page.evaluate(() => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    new MutationObserver(() => (window.shownAt ??= Date.now())).observe(video, { attributeFilter: ["src"] });
  });
  await emulator.clearRequests();
  await parts.generate.click();
  await untilPlaying(page);

  const requestId = await page.locator("#request-id").textContent();
  const sent = (await emulator.requests()).filter(({ service }) => service !== null).map(({ method, target, path }) => `${method} ${nameOf(target ?? path, requestId)}`);
  // Ignore the requests for the video: the browser chooses how many ranges it fetches.
  assert.deepEqual(sent.filter((line) => line !== "GET file"), [
    "POST https://rest.fal.ai/storage/upload/initiate",
    "PUT file",
    "POST https://queue.fal.run/fal-ai/kandinsky5-pro/image-to-video",
    "GET https://queue.fal.run/fal-ai/kandinsky5-pro/requests/…/status/stream",
    "GET https://queue.fal.run/fal-ai/kandinsky5-pro/requests/…",
  ]);

  const status = await (await fetch(`${emulator.url}/queue.fal.run/fal-ai/kandinsky5-pro/requests/${requestId}/status?logs=1`)).json();
  const endedAt = Date.parse(`${status.logs.at(-1).timestamp.replace(/Z?$/, "Z")}`);
  t.diagnostic(`time to render and encode: ${status.metrics.inference_time.toFixed(2)} s`);
  t.diagnostic(`from the job's end to the video: ${(await page.evaluate(() => window.shownAt)) - endedAt} ms`);
});

/** A URL without the parts that differ in every run. */
function nameOf(url, requestId) {
  return /\/files\//.test(url) ? "file" : url.replace(/\?.*/, "").replace(requestId, "…");
}
