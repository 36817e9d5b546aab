// The tests that every example's page must pass.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { assertVideo, download } from "../../foreign/support/mp4.mjs";
import { until } from "../../support/client.mjs";
import { HALF } from "../../support/emulator.mjs";
import { NOT_A_PICTURE, png, pngFile } from "../../support/images.mjs";
import { expectFailedLoads, untilPlaying } from "../../support/page.mjs";

export const ENDPOINT = "fal-ai/kandinsky5-pro/image-to-video";

/** The parts of a page by the names that a person sees or hears. */
export function partsOf(page) {
  const button = (name) => page.getByRole("button", { name, exact: true });
  const parts = {
    photo: page.getByLabel("Photo", { exact: true }),
    prompt: page.getByRole("textbox", { name: "Prompt", exact: true }),
    generate: button("Generate"),
    cancel: button("Cancel"),
    bar: page.getByRole("progressbar", { name: "Progress" }),
    status: page.getByRole("status"),
    // Next adds an alert of its own, which announces the page.
    alert: page.locator("main [role=alert]"),
    video: page.locator("video"),
  };
  const order = async (words = "A slow river", file = pngFile()) => {
    // A page that was rendered on the server takes nothing before its script has run.
    await until(async () => {
      await parts.photo.setInputFiles(file);
      return parts.generate.isEnabled();
    });
    await parts.prompt.fill(words);
    await parts.generate.click();
  };
  const untilStatus = (words) => parts.status.filter({ hasText: new RegExp(`^${words}$`) }).waitFor();
  const untilAlert = async (words) => {
    await parts.alert.filter({ hasText: words }).waitFor();
    return parts.alert.textContent();
  };
  return { ...parts, order, untilStatus, untilAlert };
}

/** Waits until the page shows a job that the emulator holds half-way. */
export async function untilHalf({ page, untilStatus, bar }) {
  await untilStatus("running");
  await page.waitForFunction(() => document.querySelector("progress")?.value === 0.5);
  assert.ok(await bar.isVisible());
}

/** Fails if axe finds a fault in the page. */
async function assertAccessible(page, state) {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const violations = await page.evaluate(async () =>
    (await window.axe.run("main")).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  );
  assert.deepEqual(violations, [], state);
}

/**
 * Declares the tests.
 * @param {() => { emulator: import("../../support/emulator.mjs").Emulator, open: () => Promise<any> }} started is
 * called by each test; `open` opens the page
 * @param {(view: any) => Promise<void>} [checkVideo] further checks of a page with its video
 */
export function testPage(started, checkVideo = async () => {}) {
  test("a photo and a prompt become a video that plays, with progress on the way", async () => {
    const { emulator, open } = started();
    const upload = await emulator.hold({ method: "PUT", path_contains: "/files/" });
    const half = await emulator.hold(HALF);
    const view = await open();
    await view.order();
    await upload.reached();
    await view.untilStatus("uploading");
    await upload.release();
    await untilHalf(view);
    assert.ok(await view.generate.isDisabled(), "a second click buys no second job");
    await half.release();
    const { src } = await untilPlaying(view.page);
    assertVideo(await download(src));
    assert.deepEqual([await view.bar.count(), await view.cancel.count(), await view.alert.filter({ hasText: /./ }).count()], [0, 0, 0]);
    await assertAccessible(view.page, "with a video");
    const [{ body }, ...more] = await started().emulator.requestsTo("POST", "/image-to-video");
    assert.deepEqual([Object.keys(body).sort(), body.prompt, more], [["image_url", "prompt"], "A slow river", []]);
    assert.deepEqual(Buffer.from(await download(body.image_url)), png(), "the photo that was chosen");
    await checkVideo(view);
  });

  test("Cancel cancels the request at fal", async () => {
    const { emulator, open } = started();
    await emulator.hold(HALF);
    const view = await open();
    await view.order();
    await untilHalf(view);
    await view.cancel.click();
    await view.untilStatus("cancelled");
    const [{ target }] = await until(async () => {
      const cancels = await started().emulator.requestsTo("PUT", "/cancel");
      return cancels.length > 0 && cancels;
    });
    const id = /requests\/([\w-]+)/.exec(String(target))?.[1];
    await until(async () => (await emulator.jobs()).find(({ request_id }) => request_id === id)?.is_done);
    assert.equal(await view.video.filter({ visible: true }).count(), 0);
    assert.equal((await started().emulator.requestsTo("PUT", "/cancel")).length, 1);
  });

  test("an error is shown in words, and the next job clears it", async () => {
    const { emulator, open } = started();
    const view = await open();
    await view.order("A slow river", NOT_A_PICTURE);
    assert.match(await view.untilAlert("image_url"), /^image_url: The image could not be loaded/);
    assert.equal(await view.video.filter({ visible: true }).count(), 0);
    await emulator.hold(HALF);
    await view.order();
    await untilHalf(view);
    assert.equal(await view.alert.filter({ hasText: /./ }).count(), 0);
    await view.cancel.click();
    await view.untilStatus("cancelled");
    expectFailedLoads(view);
  });

  test("axe finds nothing to complain of, in any state without a video", async () => {
    const { emulator, open } = started();
    await emulator.hold(HALF);
    const view = await open();
    await assertAccessible(view.page, "idle");
    await view.order();
    await untilHalf(view);
    await assertAccessible(view.page, "running");
    await view.cancel.click();
    await view.untilStatus("cancelled");
    await assertAccessible(view.page, "cancelled");
    await view.order("A slow river", NOT_A_PICTURE);
    await view.untilAlert("image_url");
    await assertAccessible(view.page, "failed");
    expectFailedLoads(view);
  });
}
