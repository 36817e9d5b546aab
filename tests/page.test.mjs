// The demo page, end to end: a real browser with the built package, against the emulator.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { textContrasts, tokenContrast } from "./support/contrast.mjs";
import { HALF, startEmulator } from "./support/emulator.mjs";
import { cannot } from "./support/engines/limits.mjs";
import { png, pngFile } from "./support/images.mjs";
import { actAsFal, expectFailedLoads, noted, partsOf, untilPlaying, videoFacts, widthOverflow, withPages } from "./support/page.mjs";

const IMAGE_TO_VIDEO = "/fal-ai/kandinsky5-pro/image-to-video";
const TEXT_TO_VIDEO = "/fal-ai/kandinsky5-pro/text-to-video";
const KEY = "f3a9c1d2-test:0123456789abcdef0123456789abcdef";

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

async function open(options) {
  const view = await show(emulator.url, options);
  return { ...view, ...partsOf(view.page) };
}

/** Opens the page and fills in an image and a prompt. One press then starts the video. */
async function openFilled(options) {
  const view = await open(options);
  await view.image.setInputFiles(pngFile());
  await view.prompt.fill("The sun goes down behind the shore");
  return view;
}

/** The body of the single submit that the emulator received at `path`. */
async function submitted(path) {
  const submits = (await emulator.requests()).filter(
    ({ method, target, path: own }) => method === "POST" && `${target ?? own}`.includes(path),
  );
  assert.equal(submits.length, 1, "submitted once");
  return submits[0].body;
}

test("a photo and a prompt become a video that plays and seeks", async () => {
  const { page, image, chosen, prompt, generate, video, voice } = await open();
  await image.setInputFiles(pngFile({ width: 900, height: 600 }));
  await chosen(/photo\.png, 900 × 600, [\d.]+ kB/).waitFor();
  await prompt.fill("The sun goes down behind the shore");
  await generate.click();

  const { width, height, duration, paused } = await untilPlaying(page);
  assert.deepEqual([width, height], [768, 512]);
  assert.ok(Math.abs(duration - 5) < 0.05, `5 s, not ${duration}`);
  assert.equal(paused, false);
  assert.match(await voice.textContent(), /The video is ready/);

  const at = await video.evaluate(async (element) => {
    element.pause();
    const seeked = new Promise((resolve) => element.addEventListener("seeked", resolve, { once: true }));
    element.currentTime = 3;
    await seeked;
    return element.currentTime;
  });
  assert.equal(at, 3);

  const input = await submitted(IMAGE_TO_VIDEO);
  assert.match(input.image_url, /^https?:/);
  assert.deepEqual({ ...input, image_url: undefined }, {
    prompt: "The sun goes down behind the shore",
    image_url: undefined,
    resolution: "512P",
    duration: "5s",
    num_inference_steps: 28,
    acceleration: "regular",
  });
});

test("the page begins with a photo and a prompt: one press makes a video", async () => {
  const { page, chosen, prompt, generate } = await open();
  await chosen(/lake-at-dusk\.jpg, 1200 × 800/).waitFor();
  const wish = await prompt.inputValue();
  assert.ok(wish.length > 10, wish);
  await page.locator("#stage-still").waitFor();
  await generate.click();
  const { width, height } = await untilPlaying(page);
  assert.deepEqual([width, height], [768, 512]);
  assert.equal((await submitted(IMAGE_TO_VIDEO)).prompt, wish);
});

test("the sample makes way for one’s own photo, with its prompt, unless that was changed", async () => {
  const { page, image, chosen, prompt, clear, button } = await open();
  await clear();
  await button("Use the sample photo").click();
  await chosen(/^lake-at-dusk[^,]*, /).waitFor();
  assert.ok(await prompt.inputValue(), "with its prompt");
  await image.setInputFiles(pngFile({ name: "mine.png" }));
  await chosen(/^mine\.png[^,]*, /).waitFor();
  assert.equal(await prompt.inputValue(), "");
  await prompt.fill("My own words");
  await image.setInputFiles(pngFile({ name: "other.png" }));
  await chosen(/^other\.png[^,]*, /).waitFor();
  assert.equal(await prompt.inputValue(), "My own words");
  assert.equal(await page.locator("#use-sample").isVisible(), false);
});

test("a page without its sample asks for a photo", async () => {
  const view = await open();
  await emulator.fault({ path_contains: "/sample.jpg", times: 9, status: 503 });
  await view.page.reload();
  await view.page.getByText("Drop a photo, paste it or choose a file").waitFor();
  await view.button("Use the sample photo").waitFor();
  await view.generate.click();
  await view.page.locator("#image_url-error").getByText("Choose an image to start from.").waitFor();
  expectFailedLoads(view);
});

test("the first screen holds what one needs; what few need is behind More, and links lead on", async () => {
  const { page, generate, field, radio, openMore } = await open({ viewport: { width: 1280, height: 800 } });
  for (const part of [page.locator("#stage"), page.locator("#prompt"), generate, page.locator("#notice-title")]) {
    const { y, height } = await part.boundingBox();
    assert.ok(y >= 0 && y + height <= 800, `${part} from ${y}, ${height} high`);
  }
  const few = [radio("none"), field("Steps"), field("Seed")];
  for (const control of few) assert.equal(await control.isVisible(), false);
  await openMore();
  for (const control of few) assert.equal(await control.isVisible(), true);
  for (const [name, href] of /** @type {[string, RegExp][]} */ ([["Docs", /fal-wasm/], ["npm", /npmjs\.com\/package\/fal-wasm/], ["Inspector", /^\/inspector$/]])) {
    assert.match(await page.locator(".links a", { hasText: name }).getAttribute("href"), href);
  }
});

test("on a phone, Generate stays in reach, and nothing with the focus is behind it", async () => {
  const { page, generate } = await open({ viewport: { width: 390, height: 844 } });
  const reach = async () => {
    const { y, height } = await generate.boundingBox();
    assert.ok(y >= 0 && y + height <= 844, `from ${y}`);
    return y;
  };
  await reach();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const edge = await reach();
  const link = page.locator("#model-link");
  await page.evaluate(() => scrollTo(0, 0));
  await link.evaluate((element) => element.focus());
  const { y, height } = await link.boundingBox();
  assert.ok(y + height <= edge, `${y + height} is behind ${edge}`);
});

test("what came out of a run is told: size, seconds, times, request id, log", { skip: cannot("clipboard", "downloads") }, async () => {
  const { page, generate, field, button } = await openFilled({ permissions: ["clipboard-read", "clipboard-write"] });
  await generate.click();
  await untilPlaying(page);
  const facts = await page.locator("#facts").innerText();
  assert.match(facts, /768 × 512/);
  assert.match(facts, /5\.0 s/);
  for (const stage of ["Upload", "Queue", "Generate"]) {
    assert.match(await page.locator("#stages li", { hasText: stage }).innerText(), /\d\.\d s/);
  }
  assert.match(await page.locator("#log-lines").innerText(), /Rendering frame \d+ of 120 \(\d+%\)/);

  const requestId = await page.locator("#request-id").textContent();
  assert.match(requestId, /^[\w-]{8,}$/);
  await page.locator("#copy-request").click();
  await button("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), requestId);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download MP4" }).click();
  const saved = await (await download).path();
  assert.equal((await readFile(saved)).toString("latin1", 4, 8), "ftyp", "the saved file is an MP4");

  await field("Loop").uncheck();
  assert.equal(await page.locator("video").evaluate((video) => video.loop), false);
});

test("a second run takes the place of the first", async () => {
  const { page, generate, field, radio, openMore } = await openFilled();
  await generate.click();
  const first = await untilPlaying(page);
  await openMore();
  await field("Seed").fill("7");
  await radio("1024P").check();
  await generate.click();
  await page.waitForFunction((src) => ![src, ""].includes(`${document.querySelector("video")?.src}`), first.src, { timeout: 60_000 });
  const second = await untilPlaying(page);
  assert.equal(Math.min(second.width, second.height), 1024);
});

test("an image can be dropped anywhere on the page", async () => {
  const { page, image, chosen, tab } = await open();
  await tab("Text to video").click();
  const leftToBrowser = await page.evaluate((bytes) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
    const fire = (type) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    return ["dragover", "drop"].filter((type) => /** @type {Element} */ (document.querySelector("h1")).dispatchEvent(fire(type)));
  }, [...png({ width: 300, height: 200 })]);
  assert.deepEqual(leftToBrowser, [], "or the browser would open the file in place of the page");
  await chosen(/dropped\.png, 300 × 200/).waitFor();
  assert.equal(await tab("Image to video").getAttribute("aria-selected"), "true");
  assert.equal(await image.evaluate((input) => input.files[0].name), "dropped.png");
});

test("an image can be pasted from the clipboard", { skip: cannot("clipboard", "paste") }, async () => {
  const { page, chosen, prompt } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.evaluate(async (bytes) => {
    const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  }, [...png({ width: 320, height: 240 })]);
  await prompt.focus();
  await page.keyboard.press("ControlOrMeta+V");
  await chosen(/320 × 240/).waitFor();
  assert.equal(await prompt.inputValue(), "");
});

test("an image can be replaced and removed; other files are refused in words", { skip: cannot("chooser") }, async () => {
  const { page, image, chosen, button } = await open();
  await image.setInputFiles(pngFile({ name: "one.png" }));
  await chosen(/one\.png, 768/).waitFor();
  await image.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") });
  await page.getByText("“notes.txt” is not a picture. JPEG, PNG, WebP, GIF, AVIF and HEIC are.").waitFor();
  assert.equal(await image.getAttribute("aria-invalid"), "true");
  assert.equal(await image.evaluate((input) => input.files[0].name), "one.png", "the good one is kept");

  const chooser = page.waitForEvent("filechooser");
  await button("Replace").click();
  await (await chooser).setFiles(pngFile({ name: "two.png" }));
  await chosen(/two\.png, 768/).waitFor();
  assert.equal(await image.getAttribute("aria-invalid"), null);

  await button("Remove").click();
  assert.equal(await image.evaluate((input) => input.files.length), 0);
  assert.ok(await image.evaluate((input) => input === document.activeElement), "the focus is not lost");
});

test("what is missing is said beside the field before anything is sent", async () => {
  const { page, image, prompt, field, generate, clear, openMore } = await open();
  await clear();
  await openMore();
  await field("Steps").fill("99");
  await page.locator("#more").evaluate((more) => (more.open = false));
  await generate.click();
  assert.ok(await image.evaluate((input) => input === document.activeElement), "the first wrong field has the focus");
  for (const [control, words] of [
    [image, "Choose an image to start from."],
    [prompt, "Write what should happen in the video."],
    [field("Steps"), "A whole number from 1 to 40."],
  ]) {
    assert.equal(await control.getAttribute("aria-invalid"), "true");
    assert.ok((await describedBy(control)).includes(words), words);
  }
  assert.ok(await field("Steps").isVisible(), "a wrong field is not left in what is closed");
  await prompt.fill("Now there is one");
  assert.equal(await prompt.getAttribute("aria-invalid"), null, "a corrected field is no longer called wrong");
  assert.deepEqual((await emulator.requests()).filter(({ path }) => path.includes("proxy")), []);
});

test("cancel stops the job on the server, and the page says so", async () => {
  const { page, radio, generate, cancel, problem, voice } = await openFilled();
  // A large video, so that the job is still running when it is cancelled.
  await radio("1024P").check();
  await generate.click();
  await page.locator("#progress-stage").filter({ hasText: /In the queue|Generating/ }).waitFor();
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  await page.waitForFunction(() => document.querySelector("#voice")?.textContent.startsWith("Cancelled"));
  assert.match(await voice.textContent(), /asked to stop/);
  assert.equal(await problem.getAttribute("class"), "problem calm");
  assert.ok(await generate.evaluate((button) => button === document.activeElement), "the focus is not lost");
  assert.equal(await generate.getAttribute("aria-disabled"), "false");
  const cancels = await eventually(async () =>
    (await emulator.requests()).filter(({ method, target, path }) => method === "PUT" && `${target ?? path}`.includes("/cancel")),
  );
  assert.equal(cancels.length, 1);
});

test("a waiting run shows its place in the queue, and can be cancelled there", async (t) => {
  const busy = await startEmulator({ args: ["--concurrency", "1", "--pace", "8000"] });
  t.after(busy.stop);
  const others = ["one", "two"].map((prompt) =>
    fetch(`${busy.url}/queue.fal.run${TEXT_TO_VIDEO}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Key ${KEY}` },
      body: JSON.stringify({ prompt }),
    }),
  );
  for (const reply of await Promise.all(others)) assert.equal(reply.status, 200);
  const view = await show(busy.url);
  const { tab, prompt, generate, cancel, problem } = partsOf(view.page);
  await tab("Text to video").click();
  await prompt.fill("The third in line");
  await generate.click();
  await view.page.locator("#progress-detail").getByText("1 ahead").waitFor();
  await view.page.locator("#voice").getByText("In the queue, 1 ahead").waitFor({ state: "attached" });
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  const cancels = await eventually(async () => (await busy.requests()).filter(({ method }) => method === "PUT"));
  assert.equal(cancels.length, 1);
});

test("an image the service refuses is explained beside its field", async () => {
  const view = await open();
  const { page, image, chosen, prompt, generate, problem } = view;
  // Browsers and models do not read all the same pictures.
  const detail = [{ loc: ["body", "image_url"], type: "image_load_error", msg: "The image could not be loaded: its data is damaged" }];
  await emulator.plan({ rules: [{ route: "result", nth: 1, fault: { status: 422, body: { detail } } }] });
  await image.setInputFiles(pngFile());
  await chosen(/photo\.png, 768 × 512/).waitFor();
  await prompt.fill("Anything");
  await generate.click();
  await problem.getByRole("heading", { name: "The input was refused" }).waitFor();
  assert.equal(await image.getAttribute("aria-invalid"), "true");
  assert.ok(await image.evaluate((input) => input === document.activeElement), "the field has the focus");
  const reason = await page.locator("#image_url-error").textContent();
  assert.ok(reason.length > 10, `a reason in words: ${reason}`);
  assert.ok((await describedBy(image)).includes(reason));
  assert.ok((await problem.innerText()).includes(reason));
  assert.match(await page.locator("#problem-request-id").textContent(), /^[\w-]{8,}$/);
  assert.equal(await page.getByRole("button", { name: "Continue" }).isVisible(), false, "there is nothing to continue");
  await page.waitForFunction(() => document.querySelector("#alarm")?.textContent.includes("refused"));
  await emulator.clearPlan();
  expectFailedLoads(view);
});

test("a failure without a field is explained, with the request id where there is one", async () => {
  const view = await openFilled();
  const { generate, problem } = view;
  await emulator.fault({
    method: "POST",
    path_contains: "kandinsky5-pro",
    times: 1,
    status: 403,
    body: { detail: "User is locked. Reason: Exhausted balance." },
  });
  await generate.click();
  await problem.getByText("Exhausted balance").waitFor();
  await problem.getByRole("heading", { name: "Not allowed" }).waitFor();
  assert.ok(await problem.evaluate((element) => element === document.activeElement));
  expectFailedLoads(view);
});

test("text to video has a tab of its own; each tab keeps its values, and the prompt is of both", { skip: cannot("media") }, async () => {
  const { page, tab, field, prompt, radio, generate, image, openMore } = await open({ reducedMotion: "reduce" });
  await prompt.fill("For both tabs");
  await openMore();
  await field("Steps").fill("12");
  await tab("Image to video").focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await tab("Text to video").evaluate((element) => element === document.activeElement));
  assert.equal(await tab("Text to video").getAttribute("aria-selected"), "true");
  assert.equal(await tab("Image to video").getAttribute("tabindex"), "-1");
  await page.getByRole("tabpanel", { name: "Text to video" }).waitFor();
  assert.equal(await image.isVisible(), false);
  assert.equal(await prompt.inputValue(), "For both tabs");

  await prompt.fill("A paper boat crosses a rainy street");
  await radio("2:3").check();
  await field("Steps").fill("50");
  await field("Seed").fill("7");
  await generate.click();
  await page.waitForFunction(() => Number(document.querySelector("video")?.readyState) >= 2);
  const { width, height, duration, paused } = await videoFacts(page);
  assert.deepEqual([width, height, Math.round(duration)], [512, 768, 5]);
  assert.equal(paused, true, "who asked for less motion presses play");
  assert.deepEqual(await submitted(TEXT_TO_VIDEO), {
    prompt: "A paper boat crosses a rainy street",
    resolution: "512P",
    aspect_ratio: "2:3",
    duration: "5s",
    num_inference_steps: 50,
    acceleration: "regular",
    seed: 7,
  });

  await page.getByRole("tab", { selected: true }).press("Home");
  assert.equal(await prompt.inputValue(), "A paper boat crosses a rainy street");
  assert.equal(await field("Steps").inputValue(), "12");
});

test("the keyboard alone makes a video", { skip: cannot("chooser") }, async () => {
  const { page, image, chosen, prompt, radio, generate, video } = await open();
  const tabTo = async (wanted) => {
    for (let step = 0; step < 25; step += 1) {
      await page.keyboard.press("Tab");
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    assert.fail(`not reached with Tab: ${wanted}`);
  };
  // Listen before the keys are pressed: playwright misses a file chooser that opens before it listens.
  const chooser = page.waitForEvent("filechooser");
  await tabTo(image);
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(pngFile());
  await chosen(/photo\.png, 768 × 512/).waitFor();
  await tabTo(prompt);
  await page.keyboard.type("Made without a mouse");
  await tabTo(radio("512P"));
  await tabTo(radio("5s"));
  await tabTo(page.locator("#more summary"));
  await page.keyboard.press("Enter");
  await tabTo(radio("regular"));
  await page.keyboard.press("ArrowLeft");
  await tabTo(generate);
  await page.keyboard.press("Enter");
  await untilPlaying(page);
  assert.ok(await generate.evaluate((button) => button === document.activeElement), "the focus stays");
  await tabTo(video);
  await page.keyboard.press("Space");
  assert.equal((await videoFacts(page)).paused, true);
  await tabTo(page.getByRole("link", { name: "Download MP4" }));
  assert.equal((await submitted(IMAGE_TO_VIDEO)).acceleration, "none");
});

test("the code says what the form says, and can be copied", { skip: cannot("clipboard", "numbers") }, async () => {
  const { page, field, radio, tab, button, snippet, voice, openMore } = await openFilled({ permissions: ["clipboard-read", "clipboard-write"] });
  await field("Prompt").fill('Say "hello",\nthen </script><img src=x>');
  await openMore();
  await radio("none").check();
  await field("Steps").fill("9");
  const code = await snippet.textContent();
  assert.ok(code.startsWith('import { fal } from "fal-wasm";\n'));
  assert.ok(code.includes('fal.subscribe("fal-ai/kandinsky5-pro/image-to-video"'));
  assert.ok(code.includes(`prompt: ${JSON.stringify('Say "hello",\nthen </script><img src=x>')}`));
  assert.ok(code.includes('duration: "5s"') && code.includes('acceleration: "none"') && code.includes("num_inference_steps: 9") && code.includes("image_url: file"));
  assert.doesNotThrow(() => compile(code), "the code is JavaScript");
  await button("Copy code").click();
  await button("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
  await page.waitForFunction(() => document.querySelector("#voice")?.textContent === "The code is copied.");
  assert.equal(await voice.textContent(), "The code is copied.");

  await tab("Text to video").click();
  const other = await snippet.textContent();
  assert.ok(other.includes("text-to-video") && other.includes('aspect_ratio: "3:2"') && !other.includes("image_url"));
});

test("a key of one’s own goes to fal.ai and nowhere else", { skip: cannot("routes", "requests", "downloads") }, async () => {
  const { page, radio, field, generate, snippet, complaints } = await openFilled();
  const seen = [];
  page.on("request", (request) => seen.push(request));
  await actAsFal(page, emulator.url);

  await radio("Your own key").check();
  await page.getByText("Runs go to fal.ai and cost money.").waitFor();
  await page.getByText("Anything that runs in a page can read a key in it.").waitFor();
  await generate.click();
  assert.ok((await describedBy(field("fal.ai key"))).includes("Enter a fal.ai key"));
  assert.equal(await field("fal.ai key").getAttribute("type"), "password");
  assert.equal(await field("fal.ai key").getAttribute("autocomplete"), "off");
  await field("fal.ai key").fill(KEY);
  await generate.click();
  const { src } = await untilPlaying(page);
  assert.match(src, /^https:\/\/v3b\.fal\.media\//);

  const sent = async (request) => ({
    url: new URL(request.url()),
    method: request.method(),
    headers: await request.allHeaders(),
    body: request.postData() ?? "",
  });
  const all = await Promise.all(seen.map(sent));
  const isFal = ({ url }) => url.protocol === "https:" && /(^|\.)fal\.(run|ai)$/.test(url.hostname);
  const calls = all.filter(isFal);
  assert.deepEqual([...new Set(calls.map(({ url }) => url.hostname))].sort(), ["queue.fal.run", "rest.fal.ai"]);
  for (const { headers, url } of calls) assert.equal(headers.authorization, `Key ${KEY}`, `key sent to ${url}`);
  const others = all.filter((request) => !isFal(request));
  assert.ok(others.some(({ method }) => method === "PUT"), "the upload itself was seen");
  for (const { url, headers, body } of others) {
    assert.equal(headers.authorization, undefined, `no key sent to ${url}`);
    assert.ok(!JSON.stringify([url, headers, body]).includes(KEY), `no key in ${url}`);
  }

  const kept = await page.evaluate(async () => JSON.stringify([
    Object.entries(localStorage), Object.entries(sessionStorage), location.href, history.state, document.cookie,
    document.documentElement.outerHTML, (await indexedDB.databases()).map(({ name }) => name), await caches.keys(),
  ]));
  assert.deepEqual(await noted(page), [], "the job is forgotten with its video there");
  assert.ok(!kept.includes(KEY), "the key is kept nowhere");
  assert.match(await snippet.textContent(), /credentials: "YOUR_FAL_KEY"/);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download MP4" }).click();
  assert.match((await download).suggestedFilename(), /^video-[\w-]+\.mp4$/, "saved across origins, not opened");
  assert.ok(!complaints.join().includes(KEY));
});

test("nothing stays stored of a run through the proxy, and no credential is sent", { skip: cannot("requests") }, async () => {
  const { page, generate } = await openFilled();
  const seen = [];
  page.on("request", (request) => seen.push(request));
  await generate.click();
  await untilPlaying(page);
  const stored = await page.evaluate(() => ({ local: Object.entries(localStorage), session: Object.entries(sessionStorage), cookie: document.cookie }));
  assert.deepEqual(stored, { local: [], session: [], cookie: "" });
  assert.deepEqual(await noted(page), []);
  for (const request of seen) {
    assert.ok(request.url().startsWith(emulator.url) || request.url().startsWith("blob:"), `only its own server: ${request.url()}`);
    assert.equal((await request.allHeaders()).authorization, undefined);
  }
});

test("the page says calmly that no model is run", async () => {
  const { page } = await open();
  await page.getByText("No model is run.").waitFor();
  await page.getByText(/made on this machine by a stand-in \(.+\) that moves a camera/).waitFor();
});

test("the page says that runs cost money when its server has a key", async (t) => {
  // Forward to the other emulator, because no test may reach fal.ai.
  const forwarding = await startEmulator({ args: ["--upstream", emulator.url], env: { FAL_KEY: KEY } });
  t.after(forwarding.stop);
  const view = await show(forwarding.url);
  await view.page.getByText("Runs go to fal.ai and cost money.").waitFor();
  assert.ok(!(await view.page.content()).includes(KEY));
});

test("a page without its package says so", async () => {
  const view = await open();
  await emulator.fault({ path_contains: "/fal-wasm/", times: 99, status: 503, headers: { "content-type": "text/javascript" } });
  await view.page.reload();
  await view.image.setInputFiles(pngFile());
  await view.prompt.fill("There is nobody to send this");
  await view.generate.click();
  await view.problem.getByText(/fal-wasm package could not be loaded/).waitFor();
  expectFailedLoads(view);
});

test("what a press sets going is in view", async () => {
  for (const viewport of [{ width: 1280, height: 720 }, { width: 390, height: 844 }]) {
    const { page, generate } = await openFilled({ viewport });
    await generate.click();
    await untilPlaying(page);
    const box = await page.locator("#stage").boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, `at ${viewport.width} px: ${JSON.stringify(box)}`);
  }
});

test("nothing scrolls sideways, from 320 px to 1280 px", async () => {
  for (const width of [320, 390, 640, 1280]) {
    const { page, image, chosen, prompt, generate } = await openFilled({ viewport: { width, height: 800 } });
    assert.equal(await widthOverflow(page), 0, `${width} px, filled`);
    await image.setInputFiles(pngFile({ name: `${"long".repeat(50)}.png` }));
    await prompt.fill("long".repeat(50));
    await chosen(/long\.png, 768 × 512/).waitFor();
    assert.equal(await widthOverflow(page), 0, `${width} px, with a long word`);
    if (width !== 390) continue;
    await generate.click();
    await untilPlaying(page);
    assert.equal(await widthOverflow(page), 0, `${width} px, with a video`);
  }
});

test("every target is at least 40 px high under a finger", { skip: cannot("touch") }, async () => {
  const { page, radio, openMore } = await openFilled({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await radio("Your own key").check();
  await openMore();
  const small = await page.evaluate(() => {
    /** @type {NodeListOf<any>} */
    const controls = document.querySelectorAll("main :is(button, input, textarea, summary, .button), .links a");
    return [...controls]
      .filter((control) => control.checkVisibility())
      // A checkbox is pressed through its label. Measure the label.
      .map((control) => (control.type === "checkbox" ? control.closest("label") : control))
      .map((control) => [control.id || control.textContent.trim() || control.value, control.getBoundingClientRect().height])
      .filter(([, height]) => height < 40);
  });
  assert.deepEqual(small, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`contrast is enough in the ${colorScheme} scheme`, { skip: cannot("media") }, async (t) => {
    const { page, generate, image, radio, clear, openMore } = await open({ colorScheme });
    const states = [await textContrasts(page)];
    await clear();
    await openMore();
    await generate.click(); // field errors are text too
    states.push(await textContrasts(page));
    await image.setInputFiles(pngFile());
    await radio("Your own key").check();
    states.push(await textContrasts(page));
    await radio("Proxy").check();
    await page.getByLabel("Prompt").fill("Look closely");
    await generate.click();
    await untilPlaying(page);
    states.push(await textContrasts(page));
    const all = states.flat().sort((a, b) => a.ratio - b.ratio);
    t.diagnostic(`${all.length} texts, the lowest ${all[0].ratio.toFixed(2)}:1 (“${all[0].text}”)`);
    assert.deepEqual(all.filter(({ ratio, needed }) => ratio < needed), []);

    for (const [line, ground] of [
      ["--control", "--surface"],
      ["--control", "--bg"],
      ["--control", "--tint"],
      ["--accent", "--bg"],
      ["--accent", "--surface"],
      ["--accent", "--tint"],
      ["--accent", "--line"],
      ["--error", "--bg"],
      ["--error", "--surface"],
    ]) {
      const ratio = await tokenContrast(page, line, ground);
      t.diagnostic(`${line} on ${ground}: ${ratio.toFixed(2)}:1`);
      assert.ok(ratio >= 3, `${line} on ${ground}: ${ratio}`);
    }
  });
}

test("the Tab key goes through the page in the order of reading", { skip: cannot("chooser") }, async () => {
  const { page, chosen } = await open();
  await chosen(/^lake-at-dusk[^,]*, /).waitFor();
  const stops = [];
  for (let step = 0; step < 18; step += 1) {
    await page.keyboard.press("Tab");
    stops.push(await page.evaluate(() => {
      const { id, tagName, textContent, value } = /** @type {any} */ (document.activeElement);
      return id || value || `${tagName} ${textContent.trim().slice(0, 20)}`.trim();
    }));
  }
  assert.deepEqual(stops, [
    "A Skip to the result", "A Docs", "A npm", "A Inspector", "tab-image", "image", "image-replace", "image-remove", "prompt", "512P", "5s",
    "SUMMARY More acceleration, s", "generate", "proxy", "copy-code", 'PRE import { fal } from', "model-link", stops.at(-1),
  ]);
});

test("axe finds nothing to complain of, in any state of the page", { skip: cannot("axe") }, async () => {
  const { page, image, generate, radio, tab, clear, openMore } = await open();
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const check = async (state) => {
    const violations = await page.evaluate(async () =>
      (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    );
    assert.deepEqual(violations, [], state);
  };
  await check("with the sample");
  await clear();
  await openMore();
  await generate.click();
  await check("with field errors");
  await radio("Your own key").check();
  await tab("Text to video").click();
  await check("text to video, own key");
  await radio("Proxy").check();
  await page.getByLabel("Prompt").fill("An axe in the woods");
  await generate.click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await untilPlaying(page);
  await check("with a video and the gallery");
  await tab("Image to video").click();
  await image.setInputFiles(pngFile({ width: 1000, height: 200 }));
  await page.locator("#image-notes li").waitFor();
  await check("with a note about the picture");
  await image.setInputFiles({ name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) });
  await page.locator("#image_url-error").waitFor();
  await check("with a picture that was refused");
});

test("axe finds nothing to complain of without an answer, nor after a lost connection, nor after a cancel", { skip: cannot("axe") }, async () => {
  const view = await openFilled();
  const { page, generate, cancel, problem, button } = view;
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const check = async (state) => {
    await page.evaluate(axe);
    const violations = await page.evaluate(async () =>
      (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    );
    assert.deepEqual(violations, [], state);
    assert.deepEqual((await textContrasts(page)).filter(({ ratio, needed }) => ratio < needed), [], state);
  };
  await emulator.hold(HALF);
  await generate.click();
  await page.locator("#progress-detail", { hasText: "50 %" }).waitFor();
  await emulator.plan({ rules: [{ route: ["status", "status_stream"], fault: { reset: "before" } }] });
  await page.reload();
  await page.locator("#progress-stage", { hasText: "Reconnecting" }).waitFor();
  await check("reconnecting, after a reload");
  // It comes before the plan, so that no status gets through between the two.
  await emulator.fault({ path_contains: "/requests/", times: 99_999, status: 404, body: { detail: "Not Found" } });
  await emulator.clearPlan();
  await button("Continue").waitFor();
  await check("after a lost connection");
  await emulator.clearFaults();
  await button("Continue").click();
  await page.locator("#progress-detail", { hasText: "50 %" }).waitFor();
  await cancel.click();
  await problem.getByText("Cancelled").waitFor();
  await check("cancelled");
  expectFailedLoads(view);
});

/** The description that a screen reader reads after the name: the texts to which `aria-describedby` points. */
function describedBy(locator) {
  return locator.evaluate((element) =>
    (element.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" "),
  );
}

/** Resolves with the first non-empty list. After two seconds, resolves with an empty one. */
async function eventually(list) {
  for (let left = 20; ; left -= 1) {
    const found = await list();
    if (found.length > 0 || left === 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Throws a SyntaxError unless this is valid module code. Does not run it. */
function compile(code) {
  const AsyncFunction = /** @type {FunctionConstructor} */ ((async () => {}).constructor);
  return new AsyncFunction(code.replace(/^import .*$/m, ""));
}
