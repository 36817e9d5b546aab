// Stores, databases and locks that fail, hang or are taken away. No job and no abort waits for them.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { withSaving } from "./support/saved.mjs";

/** How many times faster the page's clock runs while the client's patience runs out. Databases need time, so not faster. */
const SPEED = 5;

const client = withSaving();
beforeEach(() => client.start());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const inPage = (script, argument) => client.inPage(script, argument);
const quick = () => inPage(() => settled(fal.subscribe("acme/slow", { input: { how: "quick" } })));

describe("a store of the caller's", () => {
  test("whose put lands after the result was delivered brings nothing back", async () => {
    await client.arrive(undefined, { speed: SPEED });
    const seen = await inPage(async () => {
      const store = memoryStore();
      const { put } = store;
      store.put = (entry) => new Promise((resolve) => (window.land = () => (put(entry), resolve(undefined))));
      const data = await settled(fal.subscribe("acme/slow", { input: { how: "quick" }, persist: store }));
      const before = (await fal.pending({ persist: store })).length;
      land();
      return { data, before, after: (await fal.pending({ persist: store })).length, kept: (window.kept = store.kept).size };
    });
    assert.deepEqual(seen, { data: { answer: 42 }, before: 0, after: 0, kept: seen.kept });
    await until(() => inPage(() => kept.size === 0));
  });

  test("that never answers is waited for once, not at each job", async () => {
    const waits = await inPage(async () => {
      const never = () => new Promise(() => {});
      const persist = { list: never, put: never, delete: never };
      const { setTimeout } = window;
      const waits = [];
      /** @type {import("./page.js").Timers} */ (window).setTimeout = (run, ms = 0, ...given) => setTimeout(() => (ms === 3_000 && waits.push(ms), run(...given)), ms === 3_000 ? 100 : ms);
      const results = [];
      for (let at = 0; at < 3; at += 1) results.push(await settled(fal.subscribe("acme/slow", { input: { how: "quick" }, persist })));
      return { results, waits: waits.length };
    });
    assert.deepEqual(waits, { results: Array.from({ length: 3 }, () => ({ answer: 42 })), waits: 1 });
  });

  test("whose list hangs makes pending reject in time", async () => {
    await client.arrive(undefined, { speed: SPEED });
    const error = await inPage(() => {
      const store = { ...memoryStore(), list: () => new Promise(() => {}) };
      return fal.pending({ persist: store }).catch(caught);
    });
    assert.deepEqual([error.name, error.code], ["FalError", "store_unavailable"]);
    assert.match(error.message, /saved requests cannot be read: it did not answer within 3000 ms/);
  });

  test("whose list hangs does not keep resume from an entry that is at hand", async () => {
    await client.arrive(undefined, { speed: SPEED });
    const result = await inPage(async () => {
      await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      const [entry] = await fal.pending();
      return settled(fal.resume(entry, { persist: { ...memoryStore(), list: () => new Promise(() => {}) } }));
    });
    assert.deepEqual(result, { answer: 42 });
  });

  test("that hangs holds no abort up, whatever the call is about to do", async () => {
    const names = await inPage(async () => {
      const never = () => new Promise(() => {});
      // Stretch all long timers to ten minutes, so that no timer of the client can end a wait.
      const { setTimeout } = window;
      /** @type {import("./page.js").Timers} */ (window).setTimeout = (run, ms = 0, ...given) => setTimeout(run, ms >= 1_000 ? 600_000 : ms, ...given);
      const persist = { list: () => (at("list"), never()), put: () => (at("put"), never()), delete: never };
      let reach;
      const at = (what) => reach?.(what);
      const abortAt = async (wanted, call) => {
        const stop = new AbortController();
        const reached = new Promise((resolve) => (reach = (what) => what === wanted && resolve(undefined)));
        const ended = call({ persist, abortSignal: stop.signal }).catch(({ name }) => name);
        await reached;
        stop.abort();
        return ended;
      };
      const file = new File([new Uint8Array(11 << 20)], "large.bin", { lastModified: 1 });
      const parts = { multipartThreshold: 1, partSize: 5 << 20 };
      return [
        await abortAt("list", (options) => fal.resume("r1", options)),
        await abortAt("list", (options) => fal.storage.upload(file, { ...parts, ...options })),
        await abortAt("list", (options) => fal.subscribe("acme/slow", { input: { file }, ...parts, ...options })),
        await abortAt("put", (options) => fal.queue.submit("acme/slow", { input: {}, ...options })),
        await abortAt("put", (options) => fal.subscribe("acme/slow", { input: {}, ...options })),
      ];
    });
    assert.deepEqual(names, Array(5).fill("AbortError"));
  });
});

describe("the database", () => {
  test("can be deleted by another tab, and is made anew for the next job", async () => {
    const other = await client.anotherTab();
    await inPage(() => fal.queue.submit("acme/slow", { input: {} }));
    const how = await other.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const asked = indexedDB.deleteDatabase("fal-wasm");
          asked.onsuccess = () => resolve("deleted");
          asked.onblocked = () => resolve("blocked");
          asked.onerror = () => reject(asked.error ?? new Error("not deleted"));
        }),
    );
    assert.equal(how, "deleted");
    const counts = await inPage(async () => {
      const before = (await fal.pending()).length;
      await fal.queue.submit("acme/slow", { input: {} });
      return [before, (await fal.pending()).length];
    });
    assert.deepEqual(counts, [0, 1]);
  });

  test("that somebody else made without our store gets it", async () => {
    const count = await inPage(async () => {
      const asked = indexedDB.open("fal-wasm");
      await new Promise((resolve) => (asked.onsuccess = resolve));
      asked.result.close();
      await fal.queue.submit("acme/slow", { input: {} });
      return (await fal.pending()).length;
    });
    assert.equal(count, 1);
  });

  test("whose connection the browser closed is opened again", async () => {
    const count = await inPage(async () => {
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = function (...given) {
        const asked = open.apply(this, given);
        asked.addEventListener("success", () => (window.opened = asked.result));
        return asked;
      };
      await fal.queue.submit("acme/slow", { input: {} });
      opened.close();
      await fal.queue.submit("acme/slow", { input: {} });
      return (await fal.pending()).length;
    });
    assert.equal(count, 2);
  });

  test("that never opens costs no job, and pending says so", async () => {
    await client.arrive(undefined, { speed: SPEED });
    await inPage(() => void (IDBFactory.prototype.open = () => /** @type {IDBOpenDBRequest} */ (new EventTarget())));
    assert.deepEqual(await quick(), { answer: 42 });
    assert.equal((await inPage(() => fal.pending().catch(caught))).code, "store_unavailable");
  });

  for (const [how, block] of [
    ["when it is opened", () => void (IDBFactory.prototype.open = () => { throw new DOMException("The operation is insecure.", "SecurityError"); })],
    ["when it is looked at", () => void Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } })],
  ]) {
    test(`that is blocked, as all storage, ${how}, costs no job; pending rejects with an error of ours`, async () => {
      await inPage(block);
      assert.deepEqual(await quick(), { answer: 42 });
      const errors = await inPage(async () => {
        const told = ({ name, code, message, cause }) => ({ name, code, message, cause: cause?.name });
        return [await fal.pending().catch(told), await fal.resume("r1").catch(told), await fal.forget("r1").catch(told)];
      });
      for (const { name, code, message, cause } of errors) {
        assert.deepEqual([name, code, cause], ["FalError", "store_unavailable", "SecurityError"]);
        assert.match(message, /^The saved requests cannot be (read|changed): The operation is insecure$/);
      }
    });
  }
});

describe("locks", () => {
  for (const persist of [true, false]) {
    test(`that never answer hold no job up, ${persist ? "saved" : "not saved"}`, async () => {
      await inPage(() => void Object.assign(LockManager.prototype, { request: () => new Promise(() => {}), query: () => new Promise(() => {}) }));
      const result = await inPage((persist) => settled(fal.subscribe("acme/slow", { input: {}, persist })), persist);
      assert.deepEqual(result, { answer: 42 });
      assert.deepEqual(await inPage(() => fal.pending()), []);
    });
  }

  test("that never answer leave one call to a job in this page", async () => {
    await inPage(() => void Object.assign(LockManager.prototype, { request: () => new Promise(() => {}), query: () => new Promise(() => {}) }));
    const seen = await inPage(async () => {
      await begin({ input: { how: "endless" } });
      const [{ isFollowed, requestId }] = await fal.pending();
      return { isFollowed, code: (await settled(fal.resume(requestId))).code };
    });
    assert.deepEqual(seen, { isFollowed: true, code: "in_use" });
  });
});

describe("two tabs", () => {
  test("do not both deliver a result where the second resumes as the first one ends", async () => {
    const other = await client.anotherTab();
    const requestId = await inPage(() => begin());
    await other.evaluate(() => {
      // Stretch the second that resume waits, so that the first call always ends within it.
      const { setTimeout } = window;
      /** @type {import("./page.js").Timers} */ (window).setTimeout = (run, ms = 0, ...given) => setTimeout(run, ms === 1_000 ? 600_000 : ms, ...given);
    });
    const second = other.evaluate(async () => settled(fal.resume((await fal.pending())[0])));
    assert.deepEqual(await inPage(async () => (await job).data), { answer: 42 });
    const error = await second;
    assert.deepEqual([error.code, error.requestId], ["in_use", requestId]);
    assert.match(error.message, /has delivered the result of this request/);
  });
});
