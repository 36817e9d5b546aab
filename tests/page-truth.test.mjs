// The demo page says what is so: without an answer, without a network, after a reload, after a cancel.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";
import { cannot } from "./support/engines/limits.mjs";
import { pngFile } from "./support/images.mjs";
import { expectFailedLoads, noted, partsOf, untilPlaying, withPages } from "./support/page.mjs";

const PROMPT = "The sun goes down behind the shore";

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

async function open(options) {
  const view = await show(emulator.url, options);
  return { ...view, ...partsOf(view.page), items: view.page.locator("#gallery-items button") };
}

/** A page whose job stands half-way, until `held.release()`. */
async function openRunning() {
  const held = await emulator.hold(HALF);
  const view = await open();
  await view.image.setInputFiles(pngFile());
  await view.chosen(/^photo\.png[^,]*, /).waitFor();
  await view.prompt.fill(PROMPT);
  await view.generate.click();
  await isHalfway(view.page);
  return { ...view, held };
}

async function isHalfway(page) {
  await page.locator("#progress-stage", { hasText: "Generating" }).waitFor();
  await page.locator("#progress-detail", { hasText: "50 %" }).waitFor();
}

const stageIs = (page, words) => page.locator("#progress-stage", { hasText: words }).waitFor();
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Every way to a status is gone, as if the server were. */
const loseServer = () => emulator.fault({ path_contains: "status", times: 99_999, close: true });

test("while nothing answers, the page says so with a clock, and goes on where it was", async () => {
  const view = await openRunning();
  const { page, voice, held } = view;
  await loseServer();
  // The reload cuts the stream of statuses. The next request meets the fault.
  await page.reload();
  await stageIs(page, "Reconnecting");
  await voice.filter({ hasText: "There is no answer. The page tries again." }).waitFor({ state: "attached" });
  await page.locator("#progress-detail").filter({ hasText: /^No answer for ([2-9]|\d\d+) s$/ }).waitFor();
  assert.ok(await page.locator("#progress-bar").evaluate((bar) => !bar.hasAttribute("value")), "no share is claimed");
  await emulator.clearFaults();
  await isHalfway(page);
  await voice.filter({ hasText: "The connection is back." }).waitFor({ state: "attached" });
  await held.release();
  await untilPlaying(page);
  expectFailedLoads(view);
});

test("a job that has no answer can be cancelled", async () => {
  const view = await openRunning();
  const { page, cancel, problem } = view;
  await loseServer();
  await page.reload();
  await stageIs(page, "Reconnecting");
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  await problem.getByText("it is not known whether the job stopped").waitFor();
  assert.equal(await page.locator("#progress").isVisible(), false);
  expectFailedLoads(view);
});

test("without a network, the page says so with a clock, and goes on when it is back", { skip: cannot("offline") }, async () => {
  const view = await openRunning();
  const { page, held } = view;
  await page.context().setOffline(true);
  await stageIs(page, "Offline");
  await page.locator("#progress-detail").filter({ hasText: /^No network for [1-9]\d* s$/ }).waitFor();
  await page.context().setOffline(false);
  await isHalfway(page);
  await held.release();
  await untilPlaying(page);
  expectFailedLoads(view);
});

test("after a lost connection, Continue takes the same job up, and it is paid for once", async () => {
  const view = await openRunning();
  const { page, button, problem, generate, held } = view;
  // Another server in its place: it says at once that it knows no such job.
  await emulator.fault({ path_contains: "/requests/", times: 99_999, status: 404, body: { detail: "Not Found" } });
  await page.reload();
  await problem.getByText("The job may still be running. Continue asks for it again.").waitFor();
  assert.equal(await page.locator("#stage-caption").textContent(), "No video yet");
  await emulator.clearFaults();
  await held.release();
  await button("Continue").click();
  assert.ok(await isFocused(generate), "the focus is not lost");
  await untilPlaying(page);
  assert.equal(await problem.isVisible(), false);
  const submits = (await emulator.requests()).filter(({ method, target, path }) => method === "POST" && `${target ?? path}`.includes("image-to-video"));
  assert.equal(submits.length, 1);
  await until(async () => (await noted(page)).length === 0);
  expectFailedLoads(view);
});

test("a run that failed by its own fault offers no Continue", async () => {
  const view = await open();
  const { page, button, generate, problem, chosen } = view;
  await chosen(/^lake-at-dusk[^,]*, /).waitFor();
  await emulator.fault({ method: "POST", path_contains: "kandinsky5-pro", times: 1, status: 403, body: { detail: "User is locked." } });
  await generate.click();
  await problem.getByText("User is locked").waitFor();
  assert.equal(await button("Continue").isVisible(), false);
  assert.equal(await page.locator("#stage-caption").textContent(), "No video was made");
  expectFailedLoads(view);
});

test("after a reload, the page names the job that it goes on with, by its prompt and a thumbnail", async () => {
  const { page, voice, held } = await openRunning();
  const [job] = await noted(page);
  assert.equal(job.label.prompt, PROMPT);
  assert.match(job.label.thumbnail, /^data:image\/jpeg;base64,/);
  assert.ok(job.label.thumbnail.length < 4_000, `${job.label.thumbnail.length} characters`);
  assert.deepEqual(Object.keys(job.label).sort(), ["mode", "prompt", "thumbnail", "viaKey"], "what the footer says is saved");
  await page.reload();
  await isHalfway(page);
  assert.equal(await page.locator("#job-prompt").textContent(), PROMPT);
  assert.match(await page.locator("#job-note").textContent(), /^Begun at .+, before this page was loaded again\.$/);
  assert.equal(await page.locator("#job-thumbnail").getAttribute("src"), job.label.thumbnail);
  assert.equal(await page.locator("#stage-still").getAttribute("src"), job.label.thumbnail);
  await voice.filter({ hasText: /Still being made|Generating/ }).waitFor({ state: "attached" });
  await held.release();
  await untilPlaying(page);
  assert.equal(await page.locator("#made-prompt").textContent(), PROMPT);
});

test("a long prompt is cut in what is saved, and not in what is sent", async () => {
  const { page, tab, prompt, generate, held } = { ...(await open()), held: await emulator.hold(HALF) };
  const long = "🦊".repeat(300);
  await tab("Text to video").click();
  await prompt.fill(long);
  await generate.click();
  await isHalfway(page);
  const [job] = await noted(page);
  assert.equal(job.label.prompt, `${"🦊".repeat(199)}…`);
  assert.equal("thumbnail" in job.label, false);
  await held.release();
  await untilPlaying(page);
  assert.ok((await emulator.requests()).some(({ body }) => body?.prompt === long));
});

test("a cancelled run does not show the last video’s facts; that video is in the gallery", async () => {
  const { page, chosen, generate, cancel, problem, items, video } = await open();
  await chosen(/^lake-at-dusk[^,]*, /).waitFor();
  await generate.click();
  const { src } = await untilPlaying(page);
  const requestId = await page.locator("#request-id").textContent();
  const facts = await page.locator("#facts").innerText();
  await emulator.hold(HALF);
  await generate.click();
  await isHalfway(page);
  assert.equal(await page.locator("#made").isVisible(), false, "nor while it runs");
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  assert.equal(await page.locator("#made").isVisible(), false);
  assert.equal(await video.isVisible(), false);
  assert.equal(await page.locator("#stage-caption").textContent(), "Cancelled");
  assert.equal(await items.getAttribute("aria-current"), null);

  await items.click();
  assert.equal((await untilPlaying(page)).src, src);
  assert.equal(await page.locator("#request-id").textContent(), requestId);
  assert.equal(await page.locator("#facts").innerText(), facts);
  assert.equal(await problem.isVisible(), false, "what is wrong with another run");
});

test("the gallery holds this session’s videos, the newest first, and nothing after a reload", async () => {
  const { page, tab, prompt, generate, items } = await open();
  await tab("Text to video").click();
  const made = [];
  for (const words of ["A paper boat", "A quiet sea"]) {
    await prompt.fill(words);
    await generate.click();
    await page.waitForFunction((words) => document.querySelector("#gallery-items span")?.textContent === words, words, { timeout: 60_000 });
    await page.waitForFunction((src) => `${document.querySelector("video")?.src}` !== src, made.at(-1)?.src ?? "");
    made.push(await untilPlaying(page));
  }
  assert.equal(await items.count(), 2);
  const shown = page.locator('#gallery-items [aria-current="true"]');
  assert.equal(await shown.textContent(), "A quiet sea");
  assert.ok(await page.locator('[aria-current="true"] canvas').evaluate((canvas) => canvas.width === 320), "a frame is drawn");
  await items.filter({ hasText: "A paper boat" }).click();
  await page.waitForFunction((src) => document.querySelector("video")?.src === src, made[0].src);
  assert.equal(await shown.textContent(), "A paper boat");
  assert.equal(await page.locator("#made-prompt").textContent(), "A paper boat");
  await page.reload();
  assert.equal(await page.locator("#gallery").isVisible(), false);
});

test("an earlier video can be watched while the next one is made, and beside a Continue", async () => {
  const view = await open();
  const { page, chosen, generate, items, button } = view;
  await chosen(/^lake-at-dusk[^,]*, /).waitFor();
  await generate.click();
  const first = await untilPlaying(page);
  const another = () => page.waitForFunction((src) => ![src, ""].includes(`${document.querySelector("video")?.src}`), first.src, { timeout: 30_000 });
  const held = await emulator.hold(HALF);
  await generate.click();
  await isHalfway(page);
  await items.click();
  assert.equal((await untilPlaying(page)).src, first.src);
  assert.ok(await page.locator("#progress").isVisible(), "the run goes on");
  await held.release();
  await another();

  await emulator.fault({ path_contains: "/requests/", times: 99_999, status: 403, body: { detail: "Not now" } });
  await generate.click();
  await button("Continue").waitFor();
  await page.locator("#gallery-items li:last-child button").click();
  assert.equal((await untilPlaying(page)).src, first.src);
  assert.ok(await button("Continue").isVisible());
  await emulator.clearFaults();
  await button("Continue").click();
  await another();
  assert.equal(await items.count(), 3);
  expectFailedLoads(view);
});

test("the title card’s typeface has no emoji and no letters of many scripts, and the page says so before the run", async () => {
  const { page, tab, prompt, radio } = await open();
  const hint = page.locator("#prompt-drawn");
  await prompt.fill("A fox 🦊 in 雪 ثلج");
  assert.equal(await hint.isVisible(), false, "a picture is filmed, no words");
  await tab("Text to video").click();
  const words = await hint.textContent();
  for (const character of ["🦊", "雪", "ث"]) assert.ok(words.includes(character), `${character} in: ${words}`);
  assert.ok((await prompt.getAttribute("aria-describedby")).includes("prompt-drawn"));
  await prompt.fill("Лиса, ein Fuchs & μία αλεπού – 3 × naïve “é” ©");
  assert.equal(await hint.isVisible(), false);
  await prompt.fill("狐");
  assert.ok(await hint.isVisible());
  await radio("Your own key").check();
  assert.equal(await hint.isVisible(), false, "a model reads all of it");
});

test("the code shows all of the call that the page makes", async () => {
  for (const mode of ["Image to video", "Text to video"]) {
    const { page, tab, prompt, generate, snippet, image } = await open();
    await image.setInputFiles(pngFile());
    await page.locator("#image-chosen", { hasText: "photo.png" }).waitFor();
    await tab(mode).click();
    await prompt.fill(PROMPT);
    const code = await snippet.textContent();
    // Records the calls of the page's own module, and makes them.
    await page.evaluate(async () => {
      const { fal } = await import("/fal-wasm/index.js");
      const { subscribe } = fal;
      fal.subscribe = (id, options) => {
        const plain = (value) => (value instanceof File ? `file ${value.name}` : typeof value === "function" ? "function" : value instanceof AbortSignal ? "signal" : value);
        window.sent = JSON.parse(JSON.stringify({ id, options }, (_, value) => plain(value)));
        return subscribe.call(fal, id, options);
      };
    });
    await generate.click();
    const made = await page.waitForFunction(() => window.sent).then(() => page.evaluate(() => window.sent));
    const shown = callOf(code);
    // Only so much of a thumbnail is shown.
    if (mode === "Image to video") {
      assert.ok(made.options.label.thumbnail.startsWith(shown.options.label.thumbnail.slice(0, -1)));
      made.options.label.thumbnail = shown.options.label.thumbnail;
    }
    assert.deepEqual(shown, made);
    await untilPlaying(page);
  }
});

/** The call that a module's code makes, with functions, signals and files by their kinds. */
function callOf(code) {
  let call;
  const fal = {
    config() {},
    subscribe(id, options) {
      call = { id, options };
      return { data: { video: {} } };
    },
  };
  const AsyncFunction = /** @type {FunctionConstructor} */ ((async () => {}).constructor);
  const page = { querySelector: () => ({ files: ["file photo.png"] }) };
  void new AsyncFunction("fal", "document", "console", code.replace(/^import .*$/m, ""))(fal, page, { log() {} });
  const plain = (value) => (typeof value === "function" ? "function" : value instanceof AbortSignal ? "signal" : value);
  return JSON.parse(JSON.stringify(call, (_, value) => plain(value)));
}
