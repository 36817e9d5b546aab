// The demo page, reloaded in the middle of a job: the job is still there, progress and all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pngFile } from "./support/images.mjs";
import { actAsFal, noted, partsOf, untilPlaying, withPages } from "./support/page.mjs";
import { until } from "./support/client.mjs";

const PACE_MS = 6_000;
const KEY = "f3a9c1d2-test:0123456789abcdef0123456789abcdef";

let emulator;
let show;
withPages(["--pace", String(PACE_MS)], (started) => ({ emulator, show } = started));

/** A page whose job has begun, with log lines and a percentage. */
async function openRunning(prepare = () => {}) {
  const view = await show(emulator.url);
  const parts = { ...view, ...partsOf(view.page) };
  await parts.image.setInputFiles(pngFile());
  await parts.prompt.fill("The sun goes down behind the shore");
  await prepare(parts);
  await parts.generate.click();
  await running(parts.page);
  return parts;
}

async function running(page) {
  await page.locator("#progress-stage", { hasText: "Generating" }).waitFor();
  await page.locator("#progress-detail", { hasText: /[1-9]\d? %/ }).waitFor();
}

const percentOf = async (page) => Number.parseInt(await page.locator("#progress-detail").textContent(), 10);
const secondsOf = async (page, stage) => Number.parseFloat(await page.locator(`[data-stage="${stage}"] b`).textContent());
const linesOf = (page) => page.locator("#log-lines li").count();
const targets = async (method, part) =>
  (await emulator.requests()).filter((request) => request.method === method && `${request.target ?? request.path}`.includes(part));

test("a reload in the middle of a job shows it again, and then its video", async () => {
  const { page, generate, cancel, voice } = await openRunning();
  await page.waitForTimeout(1_000);
  const [percent, lines] = [await percentOf(page), await linesOf(page)];
  const [job] = await noted(page);
  await page.reload();
  await running(page);
  assert.ok((await percentOf(page)) >= percent, `not behind ${percent} %`);
  assert.ok((await linesOf(page)) >= lines, "the log is whole again");
  assert.equal(await generate.getAttribute("aria-disabled"), "true");
  assert.ok(await cancel.isVisible());
  assert.match(await voice.textContent(), /Generating|still being made/);
  // The stages' times go on from where they were, shown every 100 ms.
  await page.waitForTimeout(300);
  const age = (Date.now() - job.submittedAt) / 1000;
  const shown = (await secondsOf(page, "queue")) + (await secondsOf(page, "generate"));
  assert.ok(Math.abs(shown - age) < 1, `${shown} s of ${age} s`);

  await untilPlaying(page);
  assert.equal(await page.locator("#request-id").textContent(), job.requestId);
  const seconds = Number(/Made in\s+([\d.]+) s/.exec(await page.locator("#facts").innerText())[1]);
  assert.ok(seconds >= PACE_MS / 1000 - 0.5, `made in ${seconds} s, the time before the reload included`);
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
  const { page } = await openRunning(async ({ tab, prompt }) => {
    await tab("Text to video").click();
    await prompt.fill("A boat");
  });
  const second = await page.context().newPage();
  await second.goto(emulator.url);
  await second.waitForTimeout(1_500);
  assert.equal(await second.locator("#progress").isVisible(), false);
  assert.equal(await second.locator("#generate").getAttribute("aria-disabled"), null);
  // The first one goes, and the next to be loaded takes over.
  await page.close();
  await second.reload();
  await running(second);
  assert.equal(await second.getByRole("tab", { name: "Text to video" }).getAttribute("aria-selected"), "true");
  await untilPlaying(second);
  assert.deepEqual(await targets("PUT", "/cancel"), []);
});

test("a job of one's own key asks for the key again, which was kept nowhere", async () => {
  const { page, button, field, problem } = await openRunning(async ({ page, radio, field }) => {
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
  await button("Continue").click();
  await untilPlaying(page);
  await until(async () => (await noted(page)).length === 0);
});
