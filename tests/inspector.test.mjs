// The inspector in a browser, end to end, while an app calls the emulator.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test } from "node:test";
import { textContrasts, tokenContrast } from "./support/contrast.mjs";
import { HALF, startEmulator } from "./support/emulator.mjs";
import { harProblems } from "./support/har.mjs";
import { png } from "./support/images.mjs";
import { widthOverflow, withPages } from "./support/page.mjs";

const TEXT_TO_VIDEO = "fal-ai/kandinsky5-pro/text-to-video";
const PAINTER = "acme/painter/text-to-image";
const KEY = "f3a9c1d2-test:0123456789abcdef0123456789abcdef";
const PANELS = ["Requests", "Jobs", "Files", "Webhooks", "Faults"];
const SCHEMES = /** @type {const} */ (["light", "dark"]);
const WIDTHS = [390, 1280];

let emulator;
let show;
withPages(["--endpoints", "emulator/endpoints"], (started) => ({ emulator, show } = started));

/**
 * Opens the inspector of an emulator and waits until it is live. Returns the parts of its page.
 * @param {{url: string}} at the emulator
 * @param {import("playwright-core").BrowserContextOptions} options
 */
async function openOf(at, options = {}) {
  const view = await show(`${at.url}/inspector`, options);
  const { page } = view;
  await page.locator('#connection[data-state="live"]').waitFor();
  /** @type {(path: string, method?: string, json?: string | null) => Promise<number>} */
  const act = (path, method = "POST", json = null) => page.evaluate(
    ({ url, method, body }) => fetch(url, { method, body, headers: { "content-type": "application/json" } }).then((reply) => reply.status),
    { url: `/inspector/api${path}`, method, body: json },
  );
  await act("/clear");
  await act("/faults", "DELETE");
  // The page learns of it a moment later: until then it shows what the test before has sent.
  await page.waitForFunction(() => !document.querySelector("#request-rows .row, #switches > li"));
  return {
    ...view,
    act,
    button: (name) => page.getByRole("button", { name, exact: true }),
    tab: (name) => page.getByRole("tab", { name: new RegExp(`^${name}`) }),
    rows: page.locator("#request-rows .row"),
    jobs: page.locator("#job-rows > li"),
    detail: page.locator("#request-detail"),
    jobDetail: page.locator("#job-detail"),
    filter: page.getByLabel("Filter"),
    voice: page.locator("#voice"),
  };
}

/** @param {import("playwright-core").BrowserContextOptions} [options] */
const open = (options) => openOf(emulator, options);

/** Sends a request, as the app next to the inspector would. */
async function post(path, body, headers = {}) {
  const reply = await fetch(emulator.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  return { status: reply.status, text, json: () => JSON.parse(text) };
}

const echo = (body = {}, headers = {}) => post("/fal.run/emulator/echo", body, headers);
const submit = async (endpoint, input) => (await post(`/queue.fal.run/${endpoint}`, input)).json().request_id;

/** Uploads a file as the clients do. Resolves with its URL. */
async function upload(name, bytes, headers = {}) {
  const initiate = await post("/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3", { file_name: name }, headers);
  const { upload_url: place, file_url: url } = initiate.json();
  const sent = await fetch(place, { method: "PUT", body: bytes });
  assert.equal(sent.status, 200);
  return url;
}

/** A second of a quiet tone, as a WAV file. */
function wav() {
  const rate = 8000;
  const file = Buffer.alloc(44 + rate);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + rate, 4);
  file.write("WAVEfmt ", 8);
  for (const [value, at] of [[16, 16], [rate, 24], [rate, 28], [rate, 40]]) file.writeUInt32LE(value, at);
  for (const [value, at] of [[1, 20], [1, 22], [1, 32], [8, 34]]) file.writeUInt16LE(value, at);
  file.write("data", 36);
  for (let at = 44; at < file.length; at += 1) file[at] = 128 + Math.round(20 * Math.sin(at / 3));
  return file;
}

/** Starts a receiver of webhooks. It answers with the status in `answers.status`. */
async function receiver(t, status) {
  const answers = { status };
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(answers.status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { answers, url: `http://127.0.0.1:${port}/hook?secret=hush` };
}

/** Waits until a property of the first matching element has this value. Media change such properties when they load. */
const untilIn = (page, selector, name, value) =>
  page.waitForFunction(({ selector, name, value }) => Reflect.get(document.querySelector(selector) ?? {}, name) === value, { selector, name, value });

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

test("a request appears as it is made: method, endpoint, call, status, time, size", async () => {
  const { page, rows } = await open();
  await page.getByText("Waiting for requests").waitFor();
  await submit(TEXT_TO_VIDEO, { prompt: 3 });
  await rows.filter({ hasText: "submit" }).waitFor();
  const text = await rows.first().innerText();
  for (const part of [/\d\d:\d\d:\d\d\.\d{3}/, /POST/, new RegExp(TEXT_TO_VIDEO), /submit/, /200/, /[\d.]+ ms/, /\d B|kB/]) assert.match(text, part);
  await fetch(`${emulator.url}/nobody/knows/requests/1/status`);
  await rows.filter({ hasText: "404" }).waitFor();
  assert.match(await rows.first().innerText(), /status/, "the newest is the first");
  assert.equal(await page.getByText("Waiting for requests").isVisible(), false);
});

test("a request that is under way is shown before it is answered", async () => {
  const { rows } = await open();
  const hold = await emulator.hold({ path_contains: "emulator/echo" });
  const answered = echo({ prompt: "wait" });
  await rows.filter({ hasText: "…" }).waitFor();
  await hold.release();
  await answered;
  await rows.filter({ hasText: "200" }).waitFor();
});

test("a click shows headers and bodies, and the key nowhere", async () => {
  const { page, rows, detail, button } = await open();
  await echo({ prompt: "a boat", key: KEY, seed: 12345678901234567890n.toString() }, { authorization: `Key ${KEY}`, cookie: "a=hush" });
  await rows.first().click();
  await detail.getByRole("heading", { name: /POST emulator\/echo/ }).waitFor();
  assert.ok(await isFocused(detail), "the reader is taken there");
  await detail.getByText('"prompt": "a boat"').first().waitFor();
  await detail.getByText("Request headers").click();
  await detail.getByText("Key [redacted]").waitFor();
  await detail.getByText("Answer headers").click();
  await detail.locator("#answer-headers dt", { hasText: /^content-type$/ }).waitFor();
  const content = await page.content();
  assert.ok(!content.includes(KEY) && !content.includes("hush"), "no secret is in the page");
  await button("Close").click();
  await detail.waitFor({ state: "hidden" });
  assert.ok(await isFocused(rows.first()), "the focus goes back to the row");
});

test("a detail that is open follows its request to its end", async () => {
  const { rows, detail } = await open();
  const hold = await emulator.hold({ path_contains: "emulator/echo" });
  const answered = echo({ prompt: "later" });
  await rows.filter({ hasText: "…" }).click();
  await detail.getByText("No answer yet.").waitFor();
  await detail.getByText("Request headers").click();
  await hold.release();
  await answered;
  await detail.getByText("Answer body").waitFor();
  assert.ok(await detail.locator("#request-headers").evaluate((details) => details.open), "what was opened stays open");
});

test("the filter takes words, minus words and statuses; errors and polling have switches", async () => {
  const { page, rows, filter } = await open();
  await echo();
  const id = await submit(PAINTER, { prompt: "a house" });
  await fetch(`${emulator.url}/queue.fal.run/acme/painter/requests/${id}/status`);
  await fetch(`${emulator.url}/queue.fal.run/acme/painter/requests/nothing`);
  await rows.nth(3).waitFor();
  const shown = async (count) => {
    await page.waitForFunction((count) => document.querySelectorAll("#request-rows .row").length === count, count);
  };
  await filter.fill("painter -status");
  await shown(2);
  await filter.fill("4xx");
  await shown(1);
  await filter.fill("no such word");
  await page.getByText("No request fits the filter").waitFor();
  await filter.fill("");
  await page.getByLabel("Hide polling").check();
  await shown(3);
  await page.getByLabel("Errors only").check();
  await shown(1);
  assert.match(await rows.first().innerText(), /404/);
});

test("pause holds the list still, and what happened meanwhile comes when it is resumed", async () => {
  const { page, rows, button } = await open();
  await echo({ n: 1 });
  await rows.first().waitFor();
  await button("Pause").click();
  await page.locator("#connection").getByText("Paused").waitFor();
  await echo({ n: 2 });
  await echo({ n: 3 });
  // The feed is closed, so no new row can come. The record already has all three exchanges.
  assert.equal((await (await fetch(`${emulator.url}/inspector/api/exchanges`)).json()).length, 3);
  assert.equal(await rows.count(), 1);
  await button("Resume").click();
  await rows.nth(2).waitFor();
  assert.equal(await rows.count(), 3);
});

test("clear empties the record, for every page", async () => {
  const [one, other] = [await open(), await open()];
  await echo();
  await other.rows.first().waitFor();
  await one.rows.first().waitFor();
  await one.button("Clear").click();
  await one.page.getByText("Waiting for requests").waitFor();
  await other.page.getByText("Waiting for requests").waitFor();
  await one.voice.getByText("Cleared").waitFor();
});

test("a page that loses the emulator says so", async () => {
  const own = await startEmulator();
  const view = await openOf(own);
  await own.stop();
  await view.page.getByText("The emulator does not answer; trying again").waitFor();
  view.complaints.splice(0, Infinity, ...view.complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/.test(text)));
});

test("what is shown is exported as an HTTP archive", async () => {
  const { page, rows, filter, button, voice } = await open();
  await echo({ prompt: "in it", token: "hush-hush", inner: '{"secret": "hush"}' }, { authorization: `Key ${KEY}` });
  await fetch(`${emulator.url}/a/b/requests/1/status?logs=1`);
  await rows.nth(1).waitFor();
  const save = async () => {
    const download = page.waitForEvent("download");
    await button("Export HAR").click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^fal-emulator-[\d-]+T[\d-]+\.har$/);
    const text = await readFile(await file.path(), "utf8");
    assert.ok(!text.includes(KEY) && !text.includes("hush"), "no secret is in the archive");
    return JSON.parse(text);
  };
  const all = await save();
  assert.deepEqual(harProblems(all), []);
  assert.deepEqual(all.log.entries.map(({ request }) => request.method), ["POST", "GET"]);
  await filter.fill("echo");
  await rows.nth(1).waitFor({ state: "detached" });
  const [entry, ...others] = (await save()).log.entries;
  assert.equal(others.length, 0);
  assert.equal(entry.request.url, `${emulator.url}/fal.run/emulator/echo`);
  assert.match(entry.request.postData.text, /in it/);
  assert.match(entry.response.content.text, /"method":"POST"/);
  await voice.getByText("1 request exported.").waitFor();
});

test("a job shows its place in line, its log as it grows, and the video it made", async () => {
  const { page, tab, jobs, jobDetail } = await open();
  const hold = await emulator.hold(HALF);
  const id = await submit(TEXT_TO_VIDEO, { prompt: "A boat in the harbour" });
  await tab("Jobs").click();
  const job = jobs.and(page.locator(`[data-id="${id}"]`));
  await job.getByText("In progress").waitFor();
  await job.locator(".row").click();
  await jobDetail.getByText(/Rendering frame \d+ of 120 \(50%\)/).waitFor();
  await hold.release();
  await jobDetail.getByText("Completed").waitFor();
  await jobDetail.getByText('"content_type": "application/octet-stream"').waitFor();
  const video = jobDetail.locator("video");
  await video.evaluate((element) => element.play());
  await untilIn(page, "#job-detail video", "videoWidth", 768);
  assert.match(await jobDetail.locator(".log").innerText(), /Finished: 768x512/);
  assert.equal(await job.getByRole("button", { name: /^Cancel/ }).count(), 0, "what is over is not cancelled");
});

test("a log of more than 1,000 lines grows to its last line", async () => {
  const { page, tab, jobs, jobDetail } = await open();
  const hold = await emulator.hold({ log_contains: "line 1100" });
  const id = await submit("emulator/echo", { logs: Array.from({ length: 1_200 }, (_, n) => `line ${n}`) });
  await tab("Jobs").click();
  await jobs.and(page.locator(`[data-id="${id}"]`)).locator(".row").click();
  await jobDetail.getByText("line 1100", { exact: true }).waitFor();
  await hold.release();
  await jobDetail.getByText("line 1199", { exact: true }).waitFor();
  assert.equal(await jobDetail.getByText("line 1100", { exact: true }).count(), 1, "no line twice");
});

test("pictures and sounds of a result are shown, and JSON as it is", async () => {
  const { page, tab, jobs, jobDetail } = await open();
  await tab("Jobs").click();
  const painted = await submit(PAINTER, { prompt: "a red house", seed: 5 });
  const row = (id) => jobs.and(page.locator(`[data-id="${id}"]`));
  await row(painted).getByText("Completed").waitFor();
  await row(painted).locator(".row").click();
  await jobDetail.getByText('"prompt": "a red house"').waitFor();
  await untilIn(page, "#job-detail img", "naturalWidth", 1);
  const sound = await upload("tone.wav", wav());
  const named = await submit("emulator/echo", { audio: { url: sound } });
  await row(named).getByText("Completed").waitFor();
  await row(named).locator(".row").click();
  await jobDetail.getByText(named).first().waitFor();
  await untilIn(page, "#job-detail audio", "duration", 1);
});

test("a job in line and a job at work are cancelled by a press", async (t) => {
  const busy = await startEmulator({ args: ["--concurrency", "1"] });
  t.after(busy.stop);
  const { tab, jobs, voice } = await openOf(busy);
  await busy.hold({ log_contains: "Rendering" });
  for (const prompt of ["one", "two", "three"]) {
    await fetch(`${busy.url}/queue.fal.run/${TEXT_TO_VIDEO}`, { method: "POST", body: JSON.stringify({ prompt }) });
  }
  await tab("Jobs").click();
  const [third, second, first] = [jobs.nth(0), jobs.nth(1), jobs.nth(2)];
  await third.getByText("In line, 1 ahead").waitFor();
  await second.getByText("Next in line").waitFor();
  await second.getByRole("button", { name: /^Cancel/ }).click();
  await second.getByText("Cancelled", { exact: true }).waitFor();
  await third.getByText("Next in line").waitFor();
  await first.getByRole("button", { name: /^Cancel/ }).click();
  await first.getByText("Cancelled", { exact: true }).waitFor();
  await third.getByText("In progress").waitFor();
  await voice.getByText("The job was asked to stop.").waitFor();
});

test("files are shown with a picture of them, their size and their end", async () => {
  const { page, tab } = await open();
  const life = JSON.stringify({ expiration_duration_seconds: 3600, initial_acl: { default: "hide" } });
  await upload("dusk.png", png({ width: 300, height: 200 }), { "x-fal-object-lifecycle": life });
  await tab("Files").click();
  const card = page.locator(".card").first();
  await card.getByText("dusk.png").waitFor();
  await card.getByText(/kB, image\/png/).waitFor();
  await card.getByText(/expires in (59 min|1 h 0 min)/).waitFor();
  await card.getByText("hidden from callers without a key").waitFor();
  await untilIn(page, ".card img", "naturalWidth", 300);
  assert.match(await card.getByRole("link", { name: "dusk.png" }).getAttribute("href"), /^\/inspector\/files\//);
});

test("looking at files leaves no trace in the record", async () => {
  const { page, tab, act } = await open();
  await upload("quiet.png", png({ width: 30, height: 20 }));
  await act("/clear");
  await tab("Files").click();
  await untilIn(page, ".card img", "naturalWidth", 30);
  assert.deepEqual(await (await fetch(`${emulator.url}/inspector/api/exchanges`)).json(), []);
});

test("a webhook shows its attempts, and is sent again by a press", async (t) => {
  const { page, tab, button } = await open();
  const { answers, url } = await receiver(t, 503);
  const id = await submit(`emulator/echo?fal_webhook=${encodeURIComponent(url)}`, { prompt: "tell" });
  await tab("Webhooks").click();
  const card = page.locator(".delivery").filter({ hasText: id });
  await card.getByText("Will be tried again").waitFor();
  await card.getByText(/failed: it answered 503/).waitFor();
  await card.getByText(/next attempt (in \d+ s|now)/).waitFor();
  await card.getByText(/\/hook\?secret=redacted/).waitFor();
  answers.status = 200;
  await button(`Send again: the webhook of ${id}`).click();
  await card.getByText("Delivered", { exact: true }).waitFor();
  await card.getByText("by hand").waitFor();
  await card.getByText("Payload").click();
  await card.getByText('"prompt": "tell"').first().waitFor();
  assert.ok(!(await page.content()).includes("hush"));
});

test("the fault bench answers 503 to the next 2 calls of an endpoint, and counts them", async () => {
  const { page, tab, rows, button } = await open();
  await echo();
  await rows.first().waitFor();
  await tab("Faults").click();
  await page.getByText("Nothing is on").waitFor();
  assert.equal(await page.locator('#fault-endpoints option[value="emulator/echo"]').count(), 1, "endpoints that were called are proposed");
  await page.getByRole("radio", { name: /^503/ }).check();
  await page.getByLabel("Endpoint").fill("emulator/echo");
  await page.getByLabel("For the next").fill("2");
  await page.getByLabel("Seed").fill("7");
  await button("Switch it on").click();
  const item = page.locator(".switch-item");
  await item.getByText("the next 2 calls of emulator/echo").waitFor();
  assert.equal((await post(`/fal.run/${TEXT_TO_VIDEO}`, { prompt: 3 })).status, 422, "another endpoint");
  assert.deepEqual([(await echo()).status, (await echo()).status, (await echo()).status], [503, 503, 200]);
  await item.getByText("struck 2 of 2, spent; seed 7").waitFor();
  await tab("Requests").click();
  await rows.filter({ hasText: "fault" }).nth(1).waitFor();
  await rows.filter({ hasText: "fault" }).first().click();
  await page.getByText("A fault struck this request on purpose.").waitFor();
});

test("a switch turns a fault off, and on from its first call", async () => {
  const { page, tab, button } = await open();
  await tab("Faults").click();
  await page.getByRole("radio", { name: /^HTML instead of JSON/ }).check();
  await page.getByLabel("For the next").fill("1");
  await button("Switch it on").click();
  const toggle = page.getByRole("switch", { name: "HTML instead of JSON, the next call" });
  await toggle.waitFor();
  assert.match((await echo()).text, /<h1>Log in/);
  await page.getByText("struck 1 of 1, spent").waitFor();
  await toggle.click();
  await page.getByText("struck 1 of 1, off").waitFor();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  await toggle.click();
  await page.getByText("struck 0 of 1, waiting for calls").waitFor();
  assert.match((await echo()).text, /<h1>Log in/);
  assert.match((await echo()).text, /^\{/);
  await button("Remove HTML instead of JSON").click();
  await page.getByText("Nothing is on").waitFor();
});

test("every fault of the bench does what it says", async () => {
  const { page, tab, button } = await open();
  await tab("Faults").click();
  const on = async (name, fill = {}) => {
    await page.getByRole("radio", { name }).check();
    for (const [label, value] of Object.entries(fill)) await page.getByLabel(label, { exact: true }).fill(value);
    const before = await page.locator(".switch-item").count();
    await button("Switch it on").click();
    await page.locator(".switch-item").nth(before).waitFor();
  };

  await on(/^Slow/, { "Wait in ms": "300" });
  const began = Date.now();
  assert.equal((await echo()).status, 200);
  assert.ok(Date.now() - began >= 300);

  await on(/^429/, { "Retry-After in s": "4" });
  const limited = await fetch(`${emulator.url}/fal.run/emulator/echo`, { method: "POST", body: "{}" });
  assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "4"]);

  await on(/^Lost answer/);
  const lost = await fetch(`${emulator.url}/fal.run/emulator/echo`, { method: "POST", body: "{}" });
  await assert.rejects(lost.text());

  await on(/^Cut stream/, { "After events": "1" });
  const cut = await fetch(`${emulator.url}/fal.run/emulator/stream`, { method: "POST", body: '{"events":3}' });
  await assert.rejects(cut.text());
});

test("what the form cannot take is told beside its field", async () => {
  const view = await open();
  const { page, tab, button } = view;
  await tab("Faults").click();
  await page.getByLabel("For the next").fill("0");
  await page.getByLabel("Chance in %").fill("101");
  await button("Switch it on").click();
  const times = page.getByLabel("For the next");
  assert.equal(await times.getAttribute("aria-invalid"), "true");
  assert.ok(await isFocused(times));
  await page.getByText("A whole number from 1 to 100.").waitFor();
  await times.fill("1");
  assert.equal(await times.getAttribute("aria-invalid"), null);
  await page.getByLabel("Chance in %").fill("100");
  await page.getByLabel("Endpoint").fill("nobody");
  await button("Switch it on").click();
  await page.getByText(/"nobody" is no endpoint id/).waitFor();
  await page.getByLabel("Which calls").selectOption("Uploads");
  assert.ok(await page.getByLabel("Endpoint").isDisabled());
  // The browser reports the refusal as a failed request, too.
  view.complaints.splice(0, Infinity, ...view.complaints.filter((text) => !text.includes("422")));
});

test("a refusal that is about no field is told above the button, and goes with the next try", async () => {
  const view = await open();
  const { page, tab, button, act } = view;
  await tab("Faults").click();
  const refusal = page.locator("#fault-refusal");
  const posted = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/faults"));
  await button("Switch it on").click();
  const plan = (await posted).postData();
  for (let n = 1; n < 50; n += 1) await act("/faults", "POST", plan);
  await page.locator(".switch-item").nth(49).waitFor();
  await button("Switch it on").click();
  await refusal.getByText("The bench holds 50 faults: remove some first").waitFor();
  assert.equal(await page.getByLabel("Endpoint").getAttribute("aria-invalid"), null);
  await act("/faults", "DELETE");
  await button("Switch it on").click();
  await page.locator(".switch-item").first().waitFor();
  assert.ok(await refusal.isHidden());
  // The browser reports the refusal as a failed request, too.
  view.complaints.splice(0, Infinity, ...view.complaints.filter((text) => !text.includes("422")));
});

test("in forward mode the page says that runs cost money, and shows what was spent", async (t) => {
  const forwarding = await startEmulator({ args: ["--upstream", emulator.url], env: { FAL_KEY: KEY } });
  t.after(forwarding.stop);
  const { page, tab } = await openOf(forwarding);
  await page.getByText("Forwards to fal.ai: runs cost money").waitFor();
  await tab("Spent").click();
  await page.getByText("Nothing was spent yet").waitFor();
  const through = (method, target, body) =>
    fetch(`${forwarding.url}/api/fal/proxy`, { method, headers: { "x-fal-target-url": target, "content-type": "application/json" }, ...(body && { body: JSON.stringify(body) }) });
  const { request_id: id } = await (await through("POST", `https://queue.fal.run/${PAINTER}`, { prompt: "a house" })).json();
  const result = `https://queue.fal.run/acme/painter/requests/${id}`;
  let answer;
  do answer = await through("GET", result);
  while (answer.status === 400);
  await through("GET", result);
  const row = page.getByRole("row", { name: PAINTER });
  await row.waitFor();
  assert.deepEqual((await row.innerText()).split(/\s+/), [PAINTER, "1", "1"]);
  assert.ok(!(await page.content()).includes(KEY));
});

test("the keyboard alone finds a request, reads it and goes back", async () => {
  const { page, rows, detail, tab, filter } = await open();
  for (const n of [1, 2, 3]) await echo({ n });
  await rows.nth(2).waitFor();
  await tab("Requests").focus();
  const tabTo = async (wanted) => {
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press("Tab");
      if (await isFocused(wanted)) return;
    }
    assert.fail(`not reached with Tab: ${wanted}`);
  };
  await tabTo(filter);
  await tabTo(rows.first());
  await page.keyboard.press("ArrowDown");
  assert.ok(await isFocused(rows.nth(1)));
  await page.keyboard.press("End");
  assert.ok(await isFocused(rows.nth(2)));
  await page.keyboard.press("Enter");
  await detail.getByText('"n": 1').first().waitFor();
  assert.equal(await rows.nth(2).getAttribute("aria-expanded"), "true");
  await page.keyboard.press("Escape");
  await detail.waitFor({ state: "hidden" });
  assert.ok(await isFocused(rows.nth(2)));

  await tab("Requests").focus();
  for (const name of [...PANELS.slice(1), "Requests"]) {
    await page.keyboard.press("ArrowRight");
    assert.ok(await isFocused(tab(name)), name);
    await page.locator(`#panel-${name.toLowerCase()}`).waitFor();
  }
});

test("rows that come while somebody is in the list leave the focus where it is", async () => {
  const { rows } = await open();
  await echo({ n: "first" });
  await rows.first().focus();
  await echo({ n: "second" });
  await rows.nth(1).waitFor();
  assert.ok(await isFocused(rows.nth(1)), "the row that had it has moved down");
});

/** Fills the inspector: requests, a finished job with a video, a refused job, a file, and a webhook that fails. */
async function fill(t) {
  const { url } = await receiver(t, 503);
  const made = await submit(TEXT_TO_VIDEO, { prompt: "A paper boat crosses a rainy street" });
  const request = `${emulator.url}/queue.fal.run/fal-ai/kandinsky5-pro/requests/${made}`;
  // The stream ends with the job. Polls would be a row each.
  await (await fetch(`${request}/status/stream`)).text();
  await fetch(request);
  await submit(TEXT_TO_VIDEO, { prompt: 3 });
  await upload("dusk.png", png(), { "x-fal-object-lifecycle": '{"expiration_duration_seconds":3600}' });
  await submit(`emulator/echo?fal_webhook=${encodeURIComponent(url)}`, { prompt: "tell" });
  await echo({ prompt: "a boat ".repeat(30) }, { authorization: `Key ${KEY}` });
  return made;
}

/** Shows every state of the page in turn and calls `look(name)` in each. */
async function walk(view, made, look) {
  const { page, tab, rows, detail, jobs, jobDetail, button } = view;
  await rows.first().waitFor();
  await look("requests");
  await rows.filter({ hasText: "emulator/echo" }).first().click();
  await detail.getByText("Answer body").waitFor();
  await detail.getByText("Request headers").click();
  await look("request in full");
  await page.keyboard.press("Escape");
  await tab("Jobs").click();
  await look("jobs");
  await jobs.and(page.locator(`[data-id="${made}"]`)).locator(".row").click();
  await jobDetail.locator("video").waitFor();
  await look("job with its video");
  await page.keyboard.press("Escape");
  await tab("Files").click();
  await untilIn(page, ".card img", "complete", true);
  await look("files");
  await tab("Webhooks").click();
  await page.getByText("Payload").first().click();
  await look("webhooks");
  await tab("Faults").click();
  await look("faults, none on");
  await page.getByLabel("For the next").fill("0");
  await button("Switch it on").click();
  await look("faults, with a mistake");
  await page.getByLabel("For the next").fill("2");
  await button("Switch it on").click();
  await page.locator(".switch-item").first().waitFor();
  await look("faults, one on");
  await tab("Requests").click();
}

// Each scheme once and each width once: colours do not depend on the width.
for (const [at, colorScheme] of SCHEMES.entries()) {
  const width = WIDTHS[at];
  test(`axe finds nothing to complain of, in any state, ${colorScheme}, at ${width} px`, async (t) => {
    const view = await open({ colorScheme, viewport: { width, height: 844 } });
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await view.page.evaluate(axe);
    const check = async (state) => {
      const violations = await view.page.evaluate(async () =>
        (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
      );
      assert.deepEqual(violations, [], state);
      assert.equal(await widthOverflow(view.page), 0, `${state} scrolls sideways`);
    };
    await check("empty");
    await walk(view, await fill(t), check);
  });

  test(`contrast is enough in the ${colorScheme} scheme`, async (t) => {
    const view = await open({ colorScheme });
    const texts = await textContrasts(view.page);
    await walk(view, await fill(t), async () => void texts.push(...(await textContrasts(view.page))));
    const low = texts.filter(({ ratio, needed }) => ratio < needed);
    assert.deepEqual(low, []);
    for (const [line, ground] of [
      ["--control", "--surface"],
      ["--control", "--bg"],
      ["--accent", "--bg"],
      ["--accent", "--surface"],
      ["--accent", "--tint"],
      ["--error", "--surface"],
      ["--warn", "--surface"],
    ]) {
      const ratio = await tokenContrast(view.page, line, ground);
      assert.ok(ratio >= 3, `${line} on ${ground}: ${ratio}`);
    }
  });
}

test("nothing scrolls sideways at 320 px, whatever comes from outside", async () => {
  const { page, rows, detail } = await open({ viewport: { width: 320, height: 700 } });
  const long = "long".repeat(60);
  await post(`/fal.run/emulator/echo/${long}?x=${long}`, { [long]: long }, { [`x-${long}`]: long });
  await rows.first().click();
  await detail.getByText("Request headers").click();
  await detail.getByText("Answer body").waitFor();
  assert.equal(await widthOverflow(page), 0);
});

test("every target is at least 40 px high under a finger", async (t) => {
  const view = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await walk(view, await fill(t), async (state) => {
    const small = await view.page.evaluate(() =>
      [...document.querySelectorAll(":is(button, input, select, summary, [role=tab])")]
        .filter((control) => control.checkVisibility())
        // A control in a label, or in a switch, is pressed through the element around it. Measure that element.
        .map((control) => control.closest("label.check, label.kind, .switch-item") ?? control)
        .map((control) => ({ name: control.id || control.textContent.trim(), height: control.getBoundingClientRect().height }))
        .filter(({ height }) => height < 40),
    );
    assert.deepEqual(small, [], state);
  });
});

test("the demo page leads to the inspector", async () => {
  const { page } = await show(emulator.url);
  await page.getByRole("link", { name: "inspector" }).click();
  await page.getByRole("heading", { name: "Inspector" }).waitFor();
  await page.locator('#connection[data-state="live"]').waitFor();
});
