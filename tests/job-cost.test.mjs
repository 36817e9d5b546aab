// What one 512P 5 s job on the page costs: requests, and time after the job's end. The
// figures are printed; the bounds are what polling twice a second must keep to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launchBrowser } from "./support/browser.mjs";
import { startEmulator } from "./support/emulator.mjs";
import { pngFile } from "./support/images.mjs";
import { openPage, partsOf, untilPlaying } from "./support/page.mjs";

test("one job: two requests for the file, one submit, a status each half second, one result", async (t) => {
  const emulator = await startEmulator();
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, emulator.url);
    const parts = partsOf(page);
    await parts.image.setInputFiles(pngFile({ width: 1536, height: 1024, grain: 30 }));
    await parts.prompt.fill("slow dolly in");
    await page.evaluate(() => {
      const video = document.querySelector("video");
      new MutationObserver(() => (window.shownAt ??= Date.now())).observe(video, { attributeFilter: ["src"] });
    });
    await emulator.clearRequests();
    await parts.generate.click();
    await untilPlaying(page);

    const requests = (await emulator.requests()).filter(({ service }) => service !== null);
    const sent = (method, part) => requests.filter((it) => it.method === method && (it.target ?? it.path).includes(part));
    const statuses = sent("GET", "/status");
    const [, id] = /requests\/([\w-]+)\/status/.exec(statuses[0].target);
    const base = `${emulator.url}/queue.fal.run/fal-ai/kandinsky5-pro/requests/${id}`;
    const status = await (await fetch(`${base}/status?logs=1`)).json();
    const endedAt = Date.parse(`${status.logs.at(-1).timestamp.replace(/Z?$/, "Z")}`);
    const shownAt = await page.evaluate(() => window.shownAt);
    const counts = {
      initiate: sent("POST", "/storage/upload/initiate").length,
      submit: sent("POST", "/image-to-video").length,
      status: statuses.length,
      result: sent("GET", `/requests/${id}`).length - statuses.length,
    };
    t.diagnostic(`requests: ${JSON.stringify(counts)}, and 1 PUT of the file`);
    t.diagnostic(`time to render and encode: ${status.metrics.inference_time.toFixed(2)} s`);
    t.diagnostic(`from the job's end to the promise resolving: ${shownAt - endedAt} ms`);
    assert.deepEqual({ ...counts, status: 0 }, { initiate: 1, submit: 1, status: 0, result: 1 });
    assert.ok(counts.status <= 2 + status.metrics.inference_time / 0.5, `${counts.status} statuses`);
    assert.ok(shownAt - endedAt < 1_500, `${shownAt - endedAt} ms`);
  } finally {
    await browser.close();
    await emulator.stop();
  }
});
