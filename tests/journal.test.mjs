// A reload loses no job: the client saves each request after the submit, and deletes it after delivering the result. Runs in
// a real browser, because only a browser has tabs, locks and a database.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startClient, until } from "./support/client.mjs";
import { HELD_MS, holdTimers } from "./support/clock.mjs";
import { BLANK_PAGE } from "./support/emulator.mjs";
import { countWaiting } from "./support/saved.mjs";

const RUN_MS = 2_500;
const SLOW = {
  endpoint_id: "acme/slow",
  queue_ms: 300,
  run_ms: RUN_MS,
  logs: [{ at_ms: 100, message: "step 20%" }, { at_ms: 1_500, message: "step 60%" }],
  output: { answer: 42 },
  cases: [
    { when: { how: "quick" }, queue_ms: 0, run_ms: 50, logs: [], output: { answer: 42 } },
    { when: { how: "endless" }, queue_ms: 0, run_ms: 600_000, logs: [], output: { answer: 42 } },
    { when: { how: "refused" }, queue_ms: 0, run_ms: 50, logs: [], error: { status: 422, body: { detail: [{ loc: ["body", "how"], msg: "no", type: "value_error" }] } } },
    { when: { how: "crashes" }, queue_ms: 0, run_ms: 50, logs: [], error: { type: "runner_disconnected", message: "Runner went away" } },
  ],
};

/** @type {Awaited<ReturnType<typeof startClient>>} */
let client;
let endpoints;
let tabs = [];
before(async () => {
  endpoints = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-endpoints-"));
  writeFileSync(path.join(endpoints, "slow.json"), JSON.stringify(SLOW));
  client = await startClient({ args: ["--endpoints", endpoints] });
});
after(async () => {
  await client?.stop();
  rmSync(endpoints, { recursive: true, force: true });
});
beforeEach(async () => {
  await client.reset();
  await arrive(client.page);
  await client.page.evaluate(async () => {
    for (const entry of await fal.pending()) await fal.forget(entry);
  });
});
afterEach(async () => {
  await Promise.all(tabs.map((tab) => tab.close()));
  tabs = [];
  assert.deepEqual(client.unhandled, [], "nothing is left unhandled");
});

/** Loads the page again, as a reload does, and loads the package into it. */
async function arrive(page) {
  await page.goto(`${client.emulator.url}${BLANK_PAGE}`);
  await page.evaluate(async () => {
    const library = await import("/fal-wasm/index.js");
    Object.assign(window, library, { seen: [], progress: [] });
    fal.config({ proxyUrl: "/api/fal/proxy", persist: true, retry: { baseDelay: 20, maxRetries: 1 } });
    window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    window.caught = ({ name, message, code, status, requestId }) => ({ name, message, code, status, requestId });
    /** Subscribes in the background. Resolves with the request id. */
    window.begin = (options) =>
      new Promise((onEnqueue, reject) => {
        window.job = fal.subscribe("acme/slow", { input: {}, onEnqueue, ...options }).catch(caught);
        void window.job.then(reject);
      });
    window.listen = { onQueueUpdate: (it) => seen.push(it.status), onProgress: (it) => progress.push(it) };
  });
}

async function anotherTab() {
  const tab = await client.page.context().newPage();
  tabs.push(tab);
  await arrive(tab);
  return tab;
}

const inPage = (script, argument) => client.page.evaluate(script, argument);
const pending = () => inPage(() => fal.pending());
const submits = async () => (await client.sent("acme/slow")).filter(({ method, target = "" }) => method === "POST" && target.endsWith("acme/slow"));
const cancels = () => client.sent("/cancel");
/** Holds jobs half-way. */
const holdJobs = () => client.emulator.hold({ log_contains: "step 60%" });
/** Waits until a call in this tab waits for a call in another tab. */
const untilWaiting = (tab) => until(() => countWaiting(tab));

describe("a reload", () => {
  test("in the middle of a job loses nothing: resume delivers the result, and forgets", async () => {
    const from = Date.now();
    const held = await holdJobs();
    const requestId = await inPage(() => begin({ logs: true, label: { title: "Leaves", tries: [1, null] } }));
    await held.reached();
    await arrive(client.page);
    const [entry, ...others] = await pending();
    assert.deepEqual(others, []);
    const { submittedAt, statusUrl, responseUrl, cancelUrl, ...rest } = entry;
    assert.deepEqual(rest, {
      endpointId: "acme/slow", requestId, label: { title: "Leaves", tries: [1, null] }, logs: true, state: "pending", isFollowed: false,
      route: `${client.emulator.url}/api/fal/proxy`,
    });
    assert.ok(from <= submittedAt && submittedAt <= Date.now());
    for (const url of [statusUrl, responseUrl, cancelUrl]) assert.match(url, new RegExp(`^https://queue\\.fal\\.run/.*${requestId}`));

    await inPage(async () => {
      const [entry] = await fal.pending();
      window.logs = [];
      const onQueueUpdate = (it) => (seen.push(it.status), logs.push(it.logs?.length ?? 0));
      window.resumed = fal.resume(entry, { ...listen, onQueueUpdate });
    });
    await until(() => inPage(() => progress.some((it) => it.progress === 0.6)));
    await held.release();
    const { result, timings, statuses, logs, shares } = await inPage(async () => {
      const result = await resumed;
      return { result, timings: result.timings, statuses: seen, logs, shares: progress.map((it) => it.progress) };
    });
    assert.deepEqual(result, { data: { answer: 42 }, requestId });
    assert.ok(timings.total >= SLOW.queue_ms + RUN_MS - 100, `from the submit on, not ${timings.total} ms`);
    assert.equal(statuses.at(-1), "COMPLETED");
    assert.equal(logs.at(-1), 2, "logs were asked for, as by the submit");
    assert.ok(shares.includes(0.6) && shares.at(-1) === 1, shares.join());
    assert.deepEqual(await pending(), []);
    assert.equal((await submits()).length, 1);
  });

  test("at the very moment a submit resolves finds it noted", async () => {
    const left = client.page.waitForURL("about:blank");
    await inPage(() => {
      // Do not await this: the page navigates away before the call could return.
      void fal.queue.submit("acme/slow", { input: {}, label: "mine" }).then(() => location.replace("about:blank"));
    });
    await left;
    await arrive(client.page);
    const [{ requestId, label, endpointId }] = await pending();
    assert.deepEqual([label, endpointId], ["mine", "acme/slow"]);
    const result = await inPage((id) => fal.resume(id), requestId);
    assert.deepEqual(result.data, { answer: 42 });
  });

  test("at the very moment onEnqueue is told finds it noted", async () => {
    const left = client.page.waitForURL("about:blank");
    await inPage(() => void fal.subscribe("acme/slow", { input: {}, onEnqueue: () => location.replace("about:blank") }).catch(() => {}));
    await left;
    await arrive(client.page);
    assert.equal((await pending()).length, 1);
  });

  test("after a result was delivered finds nothing", async () => {
    await inPage(() => fal.subscribe("acme/slow", { input: { how: "quick" } }));
    assert.deepEqual(await pending(), []);
    await arrive(client.page);
    assert.deepEqual(await pending(), []);
  });

  test("twenty times at random moments: every job's result is delivered afterwards", { timeout: 60_000 }, async () => {
    let random = 7;
    for (let round = 0; round < 20; round += 1) {
      random = (random * 48_271) % 2_147_483_647;
      const requestId = await inPage(() => begin({ input: { how: "quick" } }));
      await new Promise((resolve) => setTimeout(resolve, random % 120));
      await arrive(client.page);
      const found = await pending();
      if (found.length === 0) {
        // The result was delivered before the reload.
        const result = await inPage((requestId) => fal.queue.result("acme/slow", { requestId }), requestId);
        assert.deepEqual(result.data, { answer: 42 });
        continue;
      }
      assert.deepEqual((await inPage((id) => fal.resume(id), requestId)).data, { answer: 42 });
      assert.deepEqual(await pending(), []);
    }
    assert.equal((await submits()).length, 20);
  });
});

describe("two tabs", () => {
  test("do not resume the same job at once, and may wait for each other", async () => {
    const running = await holdJobs();
    const requestId = await inPage(() => begin());
    const other = await anotherTab();
    const refused = await other.evaluate(async () => {
      const [entry] = await fal.pending();
      return { isFollowed: entry.isFollowed, error: await fal.resume(entry).catch(caught) };
    });
    assert.equal(refused.isFollowed, true);
    assert.deepEqual([refused.error.name, refused.error.code, refused.error.requestId], ["FalError", "in_use", requestId]);
    const waiting = other.evaluate((id) => fal.resume(id, { wait: true }), requestId);
    await untilWaiting(other);
    await running.release();
    assert.deepEqual((await waiting).data, { answer: 42 });
    assert.deepEqual((await inPage(() => job)).data, { answer: 42 });
    assert.equal((await submits()).length, 1);
    assert.deepEqual(await cancels(), []);
  });

  test("take over from each other: what one leaves, the next can resume", async () => {
    const running = await holdJobs();
    const requestId = await inPage(() => begin());
    const other = await anotherTab();
    const waiting = other.evaluate((id) => fal.resume(id, { wait: true }), requestId);
    await untilWaiting(other);
    await client.page.goto("about:blank");
    await running.release();
    assert.deepEqual((await waiting).data, { answer: 42 });
  });

  test("one that gives up waiting leaves the other's job alone", async () => {
    const running = await holdJobs();
    const requestId = await inPage(() => begin());
    const other = await anotherTab();
    const error = await other.evaluate((id) => fal.resume(id, { wait: true, abortSignal: AbortSignal.timeout(300) }).catch(caught), requestId);
    assert.equal(error.name, "TimeoutError");
    assert.equal((await pending()).length, 1);
    await running.release();
    assert.deepEqual((await inPage(() => job)).data, { answer: 42 });
    assert.deepEqual(await cancels(), []);
  });

  test("without Web Locks, a page still does not follow a job twice", async () => {
    await inPage(() => Object.defineProperty(navigator, "locks", { value: undefined }));
    const running = await holdJobs();
    await inPage(() => begin());
    const error = await inPage(async () => {
      const [{ isFollowed, requestId }] = await fal.pending();
      return { isFollowed, ...(await fal.resume(requestId).catch(caught)) };
    });
    assert.deepEqual([error.isFollowed, error.code], [true, "in_use"]);
    await running.release();
    assert.deepEqual((await inPage(() => job)).data, { answer: 42 });
    assert.deepEqual(await pending(), []);
  });
});

describe("a job that ends without a result is forgotten", () => {
  test("when its caller aborts, before and after a reload", async () => {
    await inPage(async () => {
      const stop = new AbortController();
      await begin({ abortSignal: stop.signal });
      stop.abort();
    });
    assert.equal((await inPage(() => job)).name, "AbortError");
    assert.deepEqual(await pending(), []);
    await until(async () => (await cancels()).length === 1);

    const requestId = await inPage(() => begin({ input: { how: "endless" } }));
    await arrive(client.page);
    const error = await inPage((id) => fal.resume(id, { abortSignal: AbortSignal.timeout(300) }).catch(caught), requestId);
    assert.equal(error.name, "TimeoutError");
    assert.deepEqual(await pending(), []);
    await until(async () => (await cancels()).length === 2);
  });

  test("when its submit is aborted while it is noted", async () => {
    const seen = await inPage(async () => {
      const kept = new Map();
      const stop = new AbortController();
      const put = async (entry) => (kept.set(entry.requestId, entry), stop.abort(), await sleep(100));
      const persist = { list: () => kept.values(), put, delete: (id) => kept.delete(id) };
      const { name } = await fal.queue.submit("acme/slow", { input: {}, persist, abortSignal: stop.signal }).catch(caught);
      const before = kept.size;
      while (kept.size > 0) await sleep(10);
      return [name, before];
    });
    assert.deepEqual(seen, ["AbortError", 1]);
    await until(async () => (await cancels()).length === 1);
  });

  test("when its time runs out, before and after a reload", async () => {
    await inPage(holdTimers, HELD_MS);
    const { name } = await inPage(async (timeout) => {
      await begin({ input: { how: "endless" }, timeout });
      expire();
      return job;
    }, HELD_MS);
    assert.equal(name, "TimeoutError");
    assert.deepEqual(await pending(), []);
    const requestId = await inPage(() => begin({ input: { how: "endless" } }));
    await arrive(client.page);
    assert.equal((await inPage((id) => fal.resume(id, { timeout: 300 }).catch(caught), requestId)).name, "TimeoutError");
    assert.deepEqual(await pending(), []);
    await until(async () => (await cancels()).length === 2);
  });

  test("when a callback throws, which cancels it", async () => {
    await inPage(() => begin({ onQueueUpdate: () => { throw new RangeError("mine"); } }));
    assert.equal((await inPage(() => job)).name, "RangeError");
    assert.deepEqual(await pending(), []);
  });

  test("when it is cancelled by its id", async () => {
    const left = await inPage(async () => {
      const { request_id: requestId } = await fal.queue.submit("acme/slow", { input: { how: "endless" } });
      await fal.queue.cancel("acme/slow", { requestId });
      return fal.pending();
    });
    assert.deepEqual(left, []);
  });

  for (const [how, status] of [["refused", 422], ["crashes", 503]]) {
    test(`when it fails: it is ${how}`, async () => {
      const error = await inPage((how) => fal.subscribe("acme/slow", { input: { how } }).catch(caught), how);
      assert.equal(error.status, status);
      assert.deepEqual(await pending(), []);
      const requestId = await inPage(async (how) => {
        const { request_id } = await fal.queue.submit("acme/slow", { input: { how } });
        return request_id;
      }, how);
      assert.equal((await inPage((id) => fal.resume(id).catch(caught), requestId)).status, status);
      assert.deepEqual(await pending(), []);
    });
  }
});

describe("a job whose end is unknown is kept", () => {
  test("where the network is lost, and resume delivers it later", async () => {
    const running = await holdJobs();
    const requestId = await inPage(() => begin({ mode: "polling", pollInterval: 100 }));
    await client.emulator.fault({ path_contains: "/requests/", times: 999, close: true });
    assert.equal((await inPage(() => job)).code, "network");
    assert.equal((await pending()).length, 1);
    await running.release();
    await client.emulator.clearFaults();
    assert.deepEqual((await inPage((id) => fal.resume(id), requestId)).data, { answer: 42 });
    assert.deepEqual(await pending(), []);
  });

  for (const [what, answer] of /** @type {[string, import("./support/emulator.mjs").Fault][]} */ ([
    ["a key is refused", { status: 401, body: { detail: "Authentication is required" } }],
    ["a gateway fails", { status: 502, body: "<html>nginx</html>" }],
    ["a proxy is missing", { status: 404, body: "<html>Cannot GET</html>" }],
  ])) {
    test(`where ${what}`, async () => {
      await inPage(() => fal.queue.submit("acme/slow", { input: { how: "quick" } }));
      await client.emulator.fault({ times: 20, path_contains: "/requests/", ...answer });
      const error = await inPage(async () => fal.resume((await fal.pending())[0], { mode: "polling" }).catch(caught));
      assert.equal(error.status, answer.status);
      assert.equal((await pending()).length, 1);
      await client.emulator.clearFaults();
    });
  }

  test("where its result is asked for too early; delivered, it is forgotten", async () => {
    const running = await holdJobs();
    const early = await inPage(async () => {
      const { request_id: requestId } = await fal.queue.submit("acme/slow", { input: {} });
      const { status } = await fal.queue.result("acme/slow", { requestId }).catch(caught);
      return { status, requestId };
    });
    assert.equal(early.status, 400);
    assert.equal((await pending()).length, 1);
    await running.release();
    await inPage(async (requestId) => {
      await fal.queue.subscribeToStatus("acme/slow", { requestId });
      await fal.queue.result("acme/slow", { requestId });
    }, early.requestId);
    assert.deepEqual(await pending(), []);
  });

  test("where the signal of a resume is aborted already: nothing is sent", async () => {
    await inPage(() => fal.queue.submit("acme/slow", { input: {} }));
    await client.emulator.clearRequests();
    const error = await inPage(async () => fal.resume((await fal.pending())[0], { abortSignal: AbortSignal.abort() }).catch(caught));
    assert.equal(error.name, "AbortError");
    assert.equal((await pending()).length, 1);
    assert.deepEqual(await client.sent("/requests/"), []);
  });
});

describe("what is noted", () => {
  test("holds no key, prompt, header or query", async () => {
    const dump = await inPage(async () => {
      const secretive = () => {
        const headers = { "content-type": "application/json" };
        const named = (name) => `https://user:SECRET@queue.fal.run/acme/slow/requests/r1/${name}?token=SECRET#SECRET`;
        return new Response(JSON.stringify({ request_id: "r1", status_url: named("status"), response_url: named(""), cancel_url: "http://evil/SECRET" }), { headers });
      };
      fal.config({ credentials: "SECRET-id:SECRET", suppressLocalCredentialsWarning: true, persist: true, fetch: async () => secretive() });
      await fal.queue.submit("acme/slow", { input: { prompt: "SECRET" }, headers: { "x-own": "SECRET" }, hint: "SECRET", webhookUrl: "https://a.b/SECRET", label: "shown" });
      const database = await new Promise((resolve) => (indexedDB.open("fal-wasm").onsuccess = ({ target }) => resolve(/** @type {IDBOpenDBRequest} */ (target).result)));
      const all = database.transaction("pending").objectStore("pending").getAll();
      await new Promise((resolve) => (all.onsuccess = resolve));
      database.close();
      return JSON.stringify(all.result);
    });
    assert.match(dump, /"label":"shown"/);
    assert.match(dump, /"statusUrl":"https:\/\/queue\.fal\.run\/acme\/slow\/requests\/r1\/status"/);
    assert.doesNotMatch(dump, /SECRET|evil/);
  });

  test("is nothing without persist, or where the call says so", async () => {
    const loaded = await inPage(async () => {
      await fal.queue.submit("acme/slow", { input: { how: "quick" }, persist: false });
      fal.config({ proxyUrl: "/api/fal/proxy" });
      await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      return (await fal.pending()).length;
    });
    assert.equal(loaded, 0);
  });

  test("the journal is loaded at its first use", async () => {
    await arrive(client.page);
    const loads = await inPage(async () => {
      const count = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/journal.js")).length;
      fal.config({ proxyUrl: "/api/fal/proxy" });
      await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      const before = count();
      await fal.queue.submit("acme/slow", { input: { how: "quick" }, persist: true });
      return [before, count()];
    });
    assert.deepEqual(loads, [0, 1]);
  });

  test("is listed oldest first, and what is past fal's retention is marked", async () => {
    const listed = await inPage(async () => {
      const day = 24 * 3_600_000;
      const entries = [1, 29, 31].map((days) => ({ endpointId: "acme/slow", requestId: `r${days}`, submittedAt: Date.now() - days * day }));
      /** @type {any} */
      const store = { list: async () => [...entries, null, { requestId: 1 }], put() {}, delete() {} };
      return (await fal.pending({ persist: store })).map(({ requestId, state }) => [requestId, state]);
    });
    assert.deepEqual(listed, [["r31", "expired"], ["r29", "pending"], ["r1", "pending"]]);
  });

  test("a label that is no JSON is refused before anything is sent", async () => {
    const error = await inPage(() => fal.queue.submit("acme/slow", { input: {}, label: 1n }).catch(caught));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /^label: cannot be written as JSON/);
    assert.deepEqual(await submits(), []);
  });
});

describe("a store", () => {
  test("of the caller's is put to before submit resolves, and deleted from after", async () => {
    const events = await inPage(async () => {
      const events = [];
      const kept = new Map();
      const store = {
        list: () => kept.values(),
        put: async (entry) => (await sleep(200), kept.set(entry.requestId, entry), events.push("put")),
        delete: async (id) => (await sleep(50), kept.delete(id), events.push("deleted")),
      };
      fal.config({ proxyUrl: "/api/fal/proxy", persist: store });
      await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      events.push("submitted", (await fal.pending()).length);
      await fal.resume((await fal.pending())[0]);
      events.push("delivered");
      events.push((await fal.pending()).length);
      return events;
    });
    assert.deepEqual(events, ["put", "submitted", 1, "delivered", "deleted", 0]);
    assert.deepEqual(await inPage(() => fal.pending({ persist: true })), []);
  });

  test("that fails loses no job: one warning, and the call goes on", async () => {
    const warnings = [];
    client.page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    const data = await inPage(async () => {
      const fail = () => { throw new Error("quota exceeded"); };
      const persist = { list: fail, put: async () => fail(), delete: fail };
      const results = await Promise.all([1, 2].map(() => fal.subscribe("acme/slow", { input: { how: "quick" }, persist })));
      await sleep(50);
      return results.map(({ data }) => data.answer);
    });
    assert.deepEqual(data, [42, 42]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /store of pending requests failed.*quota exceeded/);
    client.page.removeAllListeners("console");
  });

  test("that never answers holds a call up for three seconds, not for ever", { timeout: 60_000 }, async () => {
    const { answer, ms } = await inPage(async () => {
      const never = () => new Promise(() => {});
      const began = performance.now();
      const { data } = await fal.subscribe("acme/slow", { input: { how: "quick" }, persist: { list: never, put: never, delete: never } });
      return { answer: data.answer, ms: performance.now() - began };
    });
    assert.equal(answer, 42);
    assert.ok(ms < 20_000, `${ms} ms`);
  });

  test("that is none is refused, before anything is sent", async () => {
    const error = await inPage(() => fal.queue.submit("acme/slow", { input: {}, persist: /** @type {any} */ ({ put() {} }) }).catch(caught));
    assert.match(error.message, /^persist: must be true, or a store with the methods list, put and delete/);
    assert.deepEqual(await submits(), []);
  });

  test("is needed in Node, and works there", () => {
    const package_ = fileURLToPath(new URL("../dist/index.js", import.meta.url));
    const script = `
      const { fal } = await import(${JSON.stringify(package_)});
      const sent = [];
      const replies = { POST: { request_id: "r1" }, GET: { answer: 42 } };
      const fetch = async (url, { method }) => {
        sent.push(method);
        return Response.json(url.includes("/status") ? { status: "COMPLETED", logs: [] } : replies[method]);
      };
      fal.config({ fetch, persist: true });
      const refused = await fal.subscribe("acme/app", { input: {} }).catch((error) => error);
      console.log(refused.code, refused.message, sent.length);
      const kept = new Map();
      fal.config({ fetch, persist: { list: () => kept.values(), put: (it) => kept.set(it.requestId, it), delete: (id) => kept.delete(id) } });
      await fal.queue.submit("acme/app", { input: {}, label: "x" });
      const [entry] = await fal.pending();
      const { data } = await fal.resume(entry.requestId, { mode: "polling" });
      console.log(entry.label, data.answer, (await fal.pending()).length);`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.deepEqual(said.trim().split("\n"), [
      "invalid_argument persist: this runtime has no IndexedDB: give a store of your own in place of true. Nothing was submitted 0",
      "x 42 0",
    ]);
  });

  test("an id that is not noted is refused by resume", async () => {
    const error = await inPage(() => fal.resume("unknown").catch(caught));
    assert.equal(error.code, "invalid_argument");
  });
});
