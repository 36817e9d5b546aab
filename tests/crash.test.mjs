// Traps of the WebAssembly instance. None should ever happen.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { startClient } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";

let client;
before(async () => {
  client = await startClient();
  // Runs before the page loads the package. The exports of each new instance trap when the test asks for it.
  await client.page.addInitScript(() => {
    const { Instance, Module } = WebAssembly;
    const UNREACHABLE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const trap = /** @type {() => never} */ (new Instance(new Module(new Uint8Array(UNREACHABLE))).exports.f);
    window.instances = 0;
    /** @type {any} */ (WebAssembly).Instance = function (module, imports) {
      window.instances += 1;
      const { exports } = new Instance(module, imports);
      const trapping = Object.entries(exports).map(([name, it]) => {
        const call = (...given) => {
          if (!window.trapNext) return /** @type {Function} */ (it)(...given);
          window.trapNext = false;
          return trap();
        };
        return [name, typeof it === "function" ? call : it];
      });
      return { exports: Object.fromEntries(trapping) };
    };
  });
  await client.reset();
});
after(() => client?.stop());
afterEach(() => assert.deepEqual(client.unhandled, []));

describe("when the instance traps", () => {
  test("every call in flight rejects with an error that says so, and the next gets a new instance", async () => {
    const running = await client.emulator.hold(HALF);
    await client.run(async () => {
      window.seen = [];
      const follow = () => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, onEnqueue: (id) => window.seen.push(id) }).catch((error) => error);
      window.ended = Promise.all([follow(), follow(), follow()]);
      while (window.seen.length < 3) await sleep(10);
    });
    await running.reached();
    await client.run(() => void (window.trapNext = true));
    await running.release();
    const seen = await client.run(async () => {
      const errors = await ended;
      const before = window.instances;
      // The jobs are paid for and have gone on. Their results can be fetched.
      const results = await Promise.all(
        window.seen.map(async (requestId) => {
          await fal.queue.subscribeToStatus(TEXT_TO_VIDEO, { requestId });
          return (await fal.queue.result(TEXT_TO_VIDEO, { requestId })).data.video.url;
        }),
      );
      return {
        errors: errors.map(({ name, code, message }) => ({ name, code, message })),
        causes: errors.map(({ cause }) => cause instanceof WebAssembly.RuntimeError),
        results,
        made: [before, window.instances],
      };
    });
    for (const { name, code, message } of seen.errors) {
      assert.deepEqual([name, code], ["FalError", "wasm_crashed"]);
      assert.match(message, /crashed; the next call gets a new one.*A job that was submitted goes on/);
    }
    assert.deepEqual(seen.causes, [true, true, true]);
    assert.deepEqual(seen.made, [1, 2], "one new instance for all the calls after it");
    for (const url of seen.results) assert.match(url, /output\.mp4$/);
    assert.equal((await client.sent("/cancel")).length, 0);
  });

  test("at the start of a call, that call rejects in the same way", async () => {
    const seen = await client.run(async () => {
      window.trapNext = true;
      const error = await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }).catch((error) => error);
      const after = await fal.queue.submit(TEXT_TO_VIDEO, { input: { prompt: "x" } });
      return { code: error.code, after: after.request_id };
    });
    assert.equal(seen.code, "wasm_crashed");
    assert.ok(seen.after);
  });

  test("a stream in flight fails rather than mixing up two instances", async () => {
    const seen = await client.run(async () => {
      const stream = await fal.stream("emulator/stream", { input: { events: 30, delay_ms: 50 } });
      const failed = stream.done().catch((error) => error);
      await sleep(200);
      window.trapNext = true;
      const error = await failed;
      const again = await fal.stream("emulator/stream", { input: { events: 3 } });
      return { code: error.code, done: await again.done().then(() => true) };
    });
    assert.deepEqual(seen, { code: "wasm_crashed", done: true });
  });
});
