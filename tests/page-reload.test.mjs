// Reloads the demo page in the middle of a job. The page then shows the job again, with its progress.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HALF } from "./support/emulator.mjs";
import { cannot } from "./support/engines/limits.mjs";
import { pngFile } from "./support/images.mjs";
import { actAsFal, noted, partsOf, untilPlaying, withPages } from "./support/page.mjs";
import { until } from "./support/client.mjs";

const KEY = "f3a9c1d2-test:0123456789abcdef0123456789abcdef";
/** The largest rounding error of two times that are shown in tenths of a second, in seconds. */
const ROUNDED = 0.1;

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

/**
 * Opens a page whose job is held half-way until `held.release()`.
 * @param {(parts: import("./support/page.mjs").View & import("./support/page.mjs").Parts) => Promise<void>} [prepare]
 */
async function openRunning(prepare = async () => {}) {
  const held = await emulator.hold(HALF);
  const view = await show(emulator.url);
  const parts = { ...view, ...partsOf(view.page) };
  await parts.image.setInputFiles(pngFile());
  await parts.prompt.fill("The sun goes down behind the shore");
  await prepare(parts);
  await parts.generate.click();
  await running(parts.page);
  return { ...parts, held };
}

/** Waits until the page shows the job half-way. */
async function running(page) {
  await page.locator("#progress-stage", { hasText: "Generating" }).waitFor();
  await page.locator("#progress-detail", { hasText: "50 %" }).waitFor();
}

const secondsOf = async (page, stage) => Number.parseFloat(await page.locator(`[data-stage="${stage}"] b`).textContent());
const linesOf = (page) => page.locator("#log-lines li").count();
const targets = async (method, part) =>
  (await emulator.requests()).filter((request) => request.method === method && `${request.target ?? request.path}`.includes(part));

test("a reload in the middle of a job shows it again, and then its video", async () => {
  const { page, generate, cancel, voice, held } = await openRunning();
  const lines = await linesOf(page);
  const [job] = await noted(page);
  const age = () => (Date.now() - job.submittedAt) / 1000;
  const ageAtReload = age();
  await page.reload();
  await running(page);
  assert.equal(await linesOf(page), lines, "the log is whole again");
  assert.equal(await generate.getAttribute("aria-disabled"), "true");
  assert.ok(await cancel.isVisible());
  await voice.filter({ hasText: /Generating|still being made/ }).waitFor({ state: "attached" });
  // The times of the stages continue after the reload. If they started at zero, they would be behind by the job's whole age.
  const shown = async () => (await secondsOf(page, "queue")) + (await secondsOf(page, "generate"));
  await until(async () => age() - (await shown()) < ageAtReload / 2);
  assert.ok((await shown()) <= age() + ROUNDED, "nor are they ahead");

  await held.release();
  await untilPlaying(page);
  assert.equal(await page.locator("#request-id").textContent(), job.requestId);
  const seconds = Number(/Made in\s+([\d.]+) s/.exec(await page.locator("#facts").innerText())?.[1]);
  assert.ok(seconds >= ageAtReload - ROUNDED, `made in ${seconds} s, the time before the reload included`);
  assert.equal(await generate.getAttribute("aria-disabled"), "false");
  assert.equal((await targets("POST", "image-to-video")).length, 1, "paid for once");
  await until(async () => (await noted(page)).length === 0);
  await page.reload();
  await page.waitForTimeout(1_500);
  assert.equal(await page.locator("#progress").isVisible(), false, "there is nothing left to go on with");
});

test("a job that was taken up can be cancelled", async () => {
  const { page, cancel, problem, generate } = await openRunning();
  await page.reload();
  await running(page);
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  assert.ok(await generate.evaluate((button) => button === document.activeElement), "the focus is not lost");
  await until(async () => (await targets("PUT", "/cancel")).length === 1);
  await until(async () => (await noted(page)).length === 0);
});

test("the tab of the job comes back with it, and a second browser tab leaves it alone", async () => {
  const { page, held } = await openRunning(async ({ tab, prompt }) => {
    await tab("Text to video").click();
    await prompt.fill("A boat");
  });
  const second = await page.context().newPage();
  await second.goto(emulator.url);
  await second.waitForTimeout(1_500);
  assert.equal(await second.locator("#progress").isVisible(), false);
  assert.equal(await second.locator("#generate").getAttribute("aria-disabled"), null);
  // The first page closes. The next page that loads resumes the job.
  await page.close();
  await second.reload();
  await running(second);
  assert.equal(await second.getByRole("tab", { name: "Text to video" }).getAttribute("aria-selected"), "true");
  await held.release();
  await untilPlaying(second);
  assert.deepEqual(await targets("PUT", "/cancel"), []);
});

test("a job of one's own key asks for the key again, which was kept nowhere", { skip: cannot("routes") }, async () => {
  const { page, button, field, problem, held } = await openRunning(async ({ page, radio, field }) => {
    await actAsFal(page, emulator.url);
    await radio("Your own key").check();
    await field("fal.ai key").fill(KEY);
  });
  assert.ok(!JSON.stringify(await noted(page)).includes(KEY.slice(-8)));
  await page.reload();
  await problem.getByText("A video is unfinished").waitFor();
  await button("Continue").click();
  assert.ok(await field("fal.ai key").evaluate((input) => input === document.activeElement), "the key is asked for");
  await field("fal.ai key").fill(KEY);
  await held.release();
  await button("Continue").click();
  await untilPlaying(page);
  await until(async () => (await noted(page)).length === 0);
});
