// The crate in an app of its users' kind: Yew, in a real browser, against the emulator.
import assert from "node:assert/strict";
import { test } from "node:test";
import { untilPlaying, withPages } from "./support/page.mjs";

const ENDPOINT = "https://queue.fal.run/fal-ai/kandinsky5-pro/text-to-video";
const SUBMIT = { method: "POST", path_contains: "/text-to-video" };

let emulator;
let show;
// One job at a time, so that a second one waits in the queue.
withPages(["--www", "target/rust-app", "--concurrency", "1", "--pace", "1000"], (started) => ({ emulator, show } = started));

async function open() {
  const view = await show(emulator.url);
  const { page } = view;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const prompt = page.getByLabel("Prompt");
  const ask = async (words) => {
    await prompt.fill(words);
    await button("Generate").click();
  };
  return { ...view, ask, cancel: button("Cancel"), status: page.getByRole("status"), alert: page.getByRole("alert") };
}

/** Waits for the video, which comes with the result, and until it plays; its numbers then. */
async function untilVideoPlays(page) {
  await page.locator("video").waitFor();
  return untilPlaying(page);
}

/** Every text that the status line has from now on. */
function statusTexts(page) {
  return page.evaluateHandle(() => {
    const texts = [];
    const note = () => texts.push(document.querySelector("[role=status]")?.textContent ?? "");
    new MutationObserver(note).observe(document.body, { childList: true, characterData: true, subtree: true });
    return texts;
  });
}

async function received(method, part) {
  const all = await emulator.requests();
  return all.filter((request) => request.method === method && `${request.target}`.includes(part));
}

/** The first request of this kind, as soon as the emulator has it. */
async function untilReceived(method, part) {
  for (const end = Date.now() + 5_000; Date.now() < end; ) {
    const [first] = await received(method, part);
    if (first) return first;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`No ${method} of ${part} came.`);
}

/** A refused request is a failed load to Chromium, which it writes to the console. */
function expectFailedLoads({ complaints }) {
  const others = complaints.filter((text) => !text.startsWith("Failed to load resource"));
  complaints.splice(0, Infinity, ...others);
}

test("a prompt becomes a video that plays, and its log is told meanwhile", async () => {
  const { page, ask } = await open();
  const texts = await statusTexts(page);
  await ask("A slow river");
  const { width, height, src } = await untilVideoPlays(page);
  assert.deepEqual([width, height], [768, 512]);
  assert.match(src, /\.mp4$/);
  const told = await texts.jsonValue();
  assert.ok(told.includes("Submitting"), told.join("\n"));
  assert.ok(told.some((text) => /^Rendering frame \d+ of \d+/.test(text)), told.join("\n"));

  const [submit, ...more] = await received("POST", "/text-to-video");
  assert.deepEqual([submit.target, submit.body, more], [ENDPOINT, { prompt: "A slow river" }, []]);
});

test("a job that waits tells its place in the queue, and is cancelled with its component", async () => {
  const [first, second] = [await open(), await open()];
  await first.ask("The first one");
  await untilReceived("GET", "/status");
  await second.ask("The second one");
  await second.status.filter({ hasText: /^In the queue, \d+ ahead$/ }).waitFor();
  await second.cancel.click();
  await second.status.waitFor({ state: "detached" });
  const { target } = await untilReceived("PUT", "/cancel");
  const id = /requests\/([\w-]+)\/cancel/.exec(target)?.[1];
  const statuses = await received("GET", `${id}/status`);
  assert.ok(statuses.length > 0, "the job that is cancelled is the one that was followed");

  await untilVideoPlays(first.page);
  assert.equal((await received("PUT", "/cancel")).length, 1, "the other one went on");
  assert.deepEqual(await received("GET", `${id}/status`), statuses, "nobody asks for the cancelled one");
});

test("a reload goes on with the job, which is submitted once", async () => {
  const { page, ask } = await open();
  await ask("A slow river");
  await page.getByRole("status").filter({ hasText: /^Rendering frame/ }).waitFor();
  await page.reload();
  await untilVideoPlays(page);
  assert.equal((await received("POST", "/text-to-video")).length, 1);
  assert.deepEqual(await received("PUT", "/cancel"), []);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "nothing is left to go on with");
});

test("the next prompt takes the place of the first, whose job is cancelled", async () => {
  const { page, ask } = await open();
  await ask("Not this one");
  const { target } = await untilReceived("GET", "/status");
  await ask("But this one");
  const cancel = await untilReceived("PUT", "/cancel");
  const requestOf = (url) => /requests\/([\w-]+)/.exec(url)?.[1];
  assert.equal(requestOf(cancel.target), requestOf(target));
  await untilVideoPlays(page);
  const prompts = (await received("POST", "/text-to-video")).map(({ body }) => body.prompt);
  assert.deepEqual(prompts, ["Not this one", "But this one"]);
});

test("a prompt that the service refuses is told in the service's words, and can be mended", async () => {
  const view = await open();
  const finding = { loc: ["body", "prompt"], msg: "The prompt is not allowed", type: "content_policy_violation" };
  await emulator.fault({ ...SUBMIT, times: 1, status: 422, body: { detail: [finding] } });
  await view.ask("Something else");
  await view.alert.filter({ hasText: /^The prompt is not allowed$/ }).waitFor();
  await view.ask("A slow river");
  await view.status.filter({ hasText: /^Rendering frame/ }).waitFor();
  assert.equal(await view.alert.count(), 0);
  await view.cancel.click();
  expectFailedLoads(view);
});

test("a lost connection and a broken service are told apart", async () => {
  const view = await open();
  // (Without any network, the call would wait for it.)
  await view.page.route("**/api/fal/proxy", (route) => route.abort("connectionreset"));
  await view.ask("A slow river");
  await view.alert.filter({ hasText: "No answer. Is this device online?" }).waitFor();
  await view.page.unrouteAll();
  await emulator.fault({ ...SUBMIT, times: 1, status: 500, body: { detail: "Internal Server Error" } });
  await view.ask("A slow river");
  await view.alert.filter({ hasText: "The service answered with HTTP 500." }).waitFor();
  expectFailedLoads(view);
});

test("without a prompt nothing is sent", async () => {
  const { page, ask, status } = await open();
  await ask("");
  assert.equal(await page.getByLabel("Prompt").evaluate((field) => field.matches(":invalid:focus")), true);
  assert.equal(await status.count(), 0);
  assert.deepEqual(await received("POST", ""), []);
});
