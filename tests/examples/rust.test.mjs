// The example apps of the Rust client. Each runs in Chromium against the emulator, through the same steps.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { EXAMPLES, builtExample } from "../../scripts/examples.mjs";
import { read } from "../../scripts/steps.mjs";
import { until } from "../support/client.mjs";
import { HALF } from "../support/emulator.mjs";
import { NOT_A_PICTURE, png, pngFile } from "../support/images.mjs";
import { expectFailedLoads, untilPlaying, withPages } from "../support/page.mjs";

const ENDPOINT = "fal-ai/kandinsky5-pro/image-to-video";
const SUBMIT_URL = `https://queue.fal.run/${ENDPOINT}`;
const EMPTY = { name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) };

const requestOf = ({ target }) => /requests\/([\w-]+)/.exec(target)?.[1];

for (const example of EXAMPLES) {
  describe(`the example for ${example}:`, () => {
    let emulator;
    let show;
    // One job at a time, so that a second job waits in the queue.
    withPages(["--www", builtExample(example), "--concurrency", "1"], (started) => ({ emulator, show } = started));

    async function open() {
      const view = await show(emulator.url);
      const { page } = view;
      const button = (name) => page.getByRole("button", { name, exact: true });
      const status = page.getByRole("status");
      const parts = {
        picture: page.getByLabel("Picture", { exact: true }),
        prompt: page.getByLabel("Prompt", { exact: true }),
        generate: button("Generate"),
        cancel: button("Cancel"),
        bar: page.getByRole("progressbar", { name: "Progress" }),
        log: page.locator(".log"),
        status,
        alert: page.getByRole("alert"),
      };
      /** Waits until the page announces this status. */
      const untilStatus = (words) => status.filter({ hasText: new RegExp(`^${words}$`) }).waitFor();
      const order = async (words = "A slow river", file = pngFile()) => {
        await parts.picture.setInputFiles(file);
        await parts.prompt.fill(words);
        await parts.generate.click();
      };
      // The app starts after the page has loaded, and then looks for a saved request.
      await parts.generate.waitFor();
      return { ...view, ...parts, untilStatus, order };
    }

    /** Waits until the app shows a job that the emulator holds half-way. */
    async function untilHalf({ page, bar, untilStatus }) {
      await untilStatus("Making the video");
      await page.locator(".log").filter({ hasText: /^Rendering frame 60 of 120 \(50%\)$/ }).waitFor();
      assert.equal(await bar.getAttribute("value"), "0.5");
    }

    /** Waits until the video plays. Resolves with its dimensions and its times. */
    async function untilVideoPlays({ page }) {
      await page.locator("video").waitFor();
      return untilPlaying(page);
    }

    /** Waits for the first request of this kind. */
    const untilReceived = (method, part) => until(async () => (await emulator.requestsTo(method, part))[0]);
    const submits = async () => (await emulator.requestsTo("POST", "/image-to-video")).map(({ target, body }) => ({ target, prompt: body.prompt }));
    const savedIn = ({ page }) => page.evaluate(() => Object.values(localStorage));
    const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

    test("a picture and a prompt become a video that plays, with progress on the way", async () => {
      const upload = await emulator.hold({ method: "PUT", path_contains: "/files/" });
      const half = await emulator.hold(HALF);
      const view = await open();
      assert.deepEqual([await view.status.textContent(), await view.bar.count(), await view.cancel.count()], ["", 0, 0]);
      await view.order();
      await upload.reached();
      await view.untilStatus("Uploading the picture");
      assert.ok(await view.bar.isVisible());
      assert.deepEqual([await savedIn(view), await submits()], [[], []], "nothing is submitted before the upload");
      await upload.release();
      await untilHalf(view);
      const [saved] = await savedIn(view);
      assert.equal(JSON.parse(saved).endpoint_id, ENDPOINT);
      await half.release();

      const { width, height, src } = await untilVideoPlays(view);
      assert.deepEqual([width, height], [768, 512]);
      assert.match(src, /\.mp4$/);
      await view.untilStatus("The video is ready");
      assert.deepEqual([await view.bar.count(), await view.cancel.count(), await view.alert.textContent()], [0, 0, ""]);
      assert.deepEqual(await savedIn(view), [], "nothing is left to go on with");

      const [{ target, body }, ...more] = await emulator.requestsTo("POST", "/image-to-video");
      assert.deepEqual([target, Object.keys(body).sort(), body.prompt, more], [SUBMIT_URL, ["image_url", "prompt"], "A slow river", []]);
      const stored = await (await fetch(body.image_url)).arrayBuffer();
      assert.deepEqual(Buffer.from(stored), png(), "the picture that was chosen");
    });

    test("Cancel drops the call, which cancels the job, and the focus is not lost", async () => {
      const view = await open();
      await emulator.hold(HALF);
      await view.order();
      await untilHalf(view);
      await view.cancel.click();
      await view.untilStatus("Cancelled");
      const id = requestOf(await untilReceived("PUT", "/cancel"));
      await until(async () => (await emulator.jobs()).find(({ request_id }) => request_id === id).is_done);
      assert.ok(await isFocused(view.generate));
      assert.deepEqual([await view.bar.count(), await view.cancel.count(), await view.page.locator("video").count()], [0, 0, 0]);
      assert.deepEqual(await savedIn(view), []);
      await view.page.reload();
      await view.generate.waitFor();
      assert.equal(await view.status.textContent(), "", "a reload goes on with nothing");
      assert.equal((await emulator.requestsTo("PUT", "/cancel")).length, 1);
    });

    test("Cancel during the upload submits nothing", async () => {
      const view = await open();
      const held = await emulator.hold({ method: "PUT", path_contains: "/files/" });
      await view.order("Not this one");
      await held.reached();
      await view.cancel.click();
      await view.untilStatus("Cancelled");
      await held.release();
      await view.order("But this one");
      await untilVideoPlays(view);
      assert.deepEqual(await submits(), [{ target: SUBMIT_URL, prompt: "But this one" }]);
      assert.deepEqual(await emulator.requestsTo("PUT", "/cancel"), [], "there was no job to cancel");
      expectFailedLoads(view);
    });

    test("jobs that wait tell their places in the queue, and one that is cancelled leaves the others alone", async () => {
      const half = await emulator.hold(HALF);
      const [first, second, third] = [await open(), await open(), await open()];
      await first.order("The first one");
      await untilHalf(first);
      await second.order("The second one");
      await second.untilStatus("Next in the queue");
      await third.order("The third one");
      await third.untilStatus("In the queue, 1 ahead");
      await second.cancel.click();
      await second.untilStatus("Cancelled");
      await third.untilStatus("Next in the queue");
      await half.release();
      await untilVideoPlays(first);
      await untilVideoPlays(third);
      assert.equal((await emulator.requestsTo("PUT", "/cancel")).length, 1);
    });

    test("a reload in the middle goes on with the job, which is submitted once", async () => {
      const half = await emulator.hold(HALF);
      const view = await open();
      await view.order();
      await untilHalf(view);
      await view.page.reload();
      await untilHalf(view);
      await half.release();
      await untilVideoPlays(view);
      assert.equal((await submits()).length, 1);
      assert.deepEqual(await emulator.requestsTo("PUT", "/cancel"), []);
      assert.deepEqual(await savedIn(view), [], "nothing is left to go on with");
    });

    test("a job that was taken up after a reload can be cancelled", async () => {
      await emulator.hold(HALF);
      const view = await open();
      await view.order();
      await untilHalf(view);
      const id = JSON.parse((await savedIn(view))[0]).request_id;
      await view.page.reload();
      await untilHalf(view);
      await view.cancel.click();
      await view.untilStatus("Cancelled");
      assert.equal(requestOf(await untilReceived("PUT", "/cancel")), id);
      assert.deepEqual(await savedIn(view), []);
    });

    test("the next order takes the place of the first, whose job is cancelled", async () => {
      const half = await emulator.hold(HALF);
      const view = await open();
      await view.order("Not this one");
      await untilHalf(view);
      const id = JSON.parse((await savedIn(view))[0]).request_id;
      await view.order("But this one");
      assert.equal(requestOf(await untilReceived("PUT", "/cancel")), id);
      await half.release();
      await untilVideoPlays(view);
      assert.deepEqual((await submits()).map(({ prompt }) => prompt), ["Not this one", "But this one"]);
      assert.equal((await emulator.requestsTo("PUT", "/cancel")).length, 1);
    });

    test("a picture that the model cannot read is told in the service's words, and can be replaced", async () => {
      const view = await open();
      await view.order("A slow river", NOT_A_PICTURE);
      await view.alert.filter({ hasText: /^Picture: The image could not be loaded/ }).waitFor();
      assert.equal(await view.status.textContent(), "");
      assert.deepEqual(await savedIn(view), [], "it has failed for good");
      await view.order();
      await untilVideoPlays(view);
      assert.equal(await view.alert.textContent(), "");
      expectFailedLoads(view);
    });

    test("a picture without a byte is refused, and nothing is sent", async () => {
      const view = await open();
      await view.order("A slow river", EMPTY);
      await view.alert.filter({ hasText: "Picture: is a file without a single byte" }).waitFor();
      assert.deepEqual(await emulator.requestsTo("POST", ""), []);
    });

    test("a prompt that the service refuses is told in the service's words", async () => {
      const view = await open();
      const finding = { loc: ["body", "prompt"], msg: "The prompt is not allowed", type: "content_policy_violation" };
      await emulator.fault({ method: "POST", path_contains: "/image-to-video", times: 1, status: 422, body: { detail: [finding] } });
      await view.order("Something else");
      await view.alert.filter({ hasText: /^Prompt: The prompt is not allowed$/ }).waitFor();
      expectFailedLoads(view);
    });

    test("a lost connection and a broken service are told apart, and that a job may exist", async () => {
      const view = await open();
      // Break the connection of the submit only. Without any network, the call would wait for the network.
      const isSubmit = (route) => route.request().headers()["x-fal-target-url"] === SUBMIT_URL;
      await view.page.route("**/api/fal/proxy", (route) => (isSubmit(route) ? route.abort("connectionreset") : route.fallback()));
      await view.order();
      await view.alert.filter({ hasText: /^No answer\. Is this device online\? The video may be in the making all the same\.$/ }).waitFor();
      await view.page.unrouteAll();
      await emulator.fault({ method: "POST", path_contains: "/image-to-video", times: 1, status: 500, body: { detail: "Internal Server Error" } });
      await view.order();
      await view.alert.filter({ hasText: /^The service answered with HTTP 500: Internal Server Error\. The video may be/ }).waitFor();
      expectFailedLoads(view);
    });

    test("a job that could not be followed stays saved, and the next reload goes on with it", async () => {
      const half = await emulator.hold(HALF);
      const view = await open();
      await view.order();
      await untilHalf(view);
      const saved = await savedIn(view);
      await emulator.fault({ method: "GET", path_contains: "/status", times: 100, status: 403, body: { detail: "Forbidden" } });
      await view.page.reload();
      await view.alert.filter({ hasText: /^The service answered with HTTP 403: Forbidden\. Reload the page to go on with this video\.$/ }).waitFor();
      assert.deepEqual(await savedIn(view), saved);
      await emulator.clearFaults();
      await view.page.reload();
      await untilHalf(view);
      await half.release();
      await untilVideoPlays(view);
      assert.equal((await submits()).length, 1);
      assert.deepEqual(await savedIn(view), []);
      expectFailedLoads(view);
    });

    test("a saved request that fal does not know any longer is told, and forgotten", async () => {
      const view = await open();
      await view.page.evaluate((endpoint_id) => {
        const request_id = "00000000-0000-4000-8000-000000000000";
        localStorage.setItem("fal-request", JSON.stringify({ endpoint_id, request_id }));
      }, ENDPOINT);
      await view.page.reload();
      await view.alert.filter({ hasText: /^fal\.ai does not know this video any longer\.$/ }).waitFor();
      assert.deepEqual(await savedIn(view), []);
      expectFailedLoads(view);
    });

    test("a saved text that is no request is ignored", async () => {
      const view = await open();
      await view.page.evaluate(() => localStorage.setItem("fal-request", "{"));
      await view.page.reload();
      await view.generate.waitFor();
      assert.deepEqual([await view.status.textContent(), await view.alert.textContent()], ["", ""]);
    });

    test("without a picture or a prompt nothing is sent, and the field is shown", async () => {
      const view = await open();
      const isInvalid = (field) => field.evaluate((element) => element.matches(":invalid:focus"));
      await view.generate.click();
      assert.ok(await isInvalid(view.picture));
      await view.picture.setInputFiles(pngFile());
      await view.generate.click();
      assert.ok(await isInvalid(view.prompt));
      assert.equal(await view.status.textContent(), "");
      assert.deepEqual(await emulator.requestsTo("POST", ""), []);
    });

    test("the keyboard does it all", async () => {
      await emulator.hold(HALF);
      const view = await open();
      await view.picture.setInputFiles(pngFile());
      await view.picture.focus();
      const press = (key) => view.page.keyboard.press(key);
      await press("Tab");
      assert.ok(await isFocused(view.prompt));
      await view.page.keyboard.type("A slow river");
      await press("Tab");
      assert.ok(await isFocused(view.generate));
      await press("Enter");
      await untilHalf(view);
      await press("Tab");
      assert.ok(await isFocused(view.cancel));
      await press("Enter");
      await view.untilStatus("Cancelled");
      assert.ok(await isFocused(view.generate));
      await untilReceived("PUT", "/cancel");
    });

    test("axe finds nothing to complain of, in any state", async () => {
      const half = await emulator.hold(HALF);
      const view = await open();
      await view.page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const check = async (state) => {
        const violations = await view.page.evaluate(async () =>
          (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
        );
        assert.deepEqual(violations, [], state);
      };
      await check("idle");
      await view.order();
      await untilHalf(view);
      await check("running");
      await half.release();
      await untilVideoPlays(view);
      await check("with a video");
      await view.order("A slow river", EMPTY);
      await view.alert.filter({ hasText: "Picture: " }).waitFor();
      await check("failed");
    });
  });
}

for (const file of ["src/job.rs", "src/words.rs", "src/saved.rs", "index.html", "style.css", "Trunk.toml"]) {
  test(`the examples differ in their framework only, and so not in ${file}`, () => {
    const [first, ...others] = EXAMPLES.map((example) => read("examples", example, file));
    for (const other of others) assert.equal(other, first);
  });
}

for (const example of EXAMPLES) {
  test(`the folder of the example for ${example} can be copied: it inherits nothing, and names no path but the crate's`, () => {
    const manifest = read("examples", example, "Cargo.toml");
    assert.doesNotMatch(manifest, /workspace/);
    assert.deepEqual(manifest.match(/^.*path = .*$/gm), ['fal-wasm = { path = "../.." }']);
    const valueIn = (text, name) => new RegExp(`^${name} = "(.+)"$`, "m").exec(text)?.[1];
    const main = read("Cargo.toml");
    for (const name of ["version", "edition", "rust-version", "license"]) assert.equal(valueIn(manifest, name), valueIn(main, name), name);
    const [major, minor] = String(valueIn(main, "version")).split(".");
    assert.ok(manifest.includes(`# In a copy of this folder: fal-wasm = "${major}.${minor}"`));
  });
}
