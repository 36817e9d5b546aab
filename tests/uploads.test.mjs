// Large files, and the failures that may happen while they are uploaded.

import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, test } from "node:test";
import { bigFile, choose } from "./support/bigfile.mjs";
import { defineBytes } from "./support/bytes.mjs";
import { until, withClient } from "./support/client.mjs";
import { noted } from "./support/page.mjs";
import { importSource } from "./support/source.mjs";

const MIB = 1 << 20;
/** The smallest allowed parts. */
const SMALL = { multipartThreshold: 5 * MIB, partSize: 5 * MIB };

const client = withClient();
beforeEach(prepare);
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

/** Prepares a fresh page with the helpers of the tests below. */
async function prepare() {
  await client.reset();
  await client.page.evaluate(() => {
    fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 20 } });
    /** Uploads a file of this size. Resolves with whether the stored bytes are the same. */
    window.sent = async (size, options, how = fal.storage.upload) => {
      const data = bytes(size);
      const url = await how(new File([data], "some.bin", { lastModified: 1 }), options);
      const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
      return areSame(stored, data);
    };
  });
}

const fault = (plan) => client.emulator.fault(plan);
const initiated = async () => (await client.sent("storage/upload/initiate")).map(({ target }) => /initiate[\w-]*/.exec(target ?? "")?.[0]);
const puts = async () => (await client.sent()).filter(({ method }) => method === "PUT");
const numbers = async () => (await puts()).map(({ path }) => Number(path.split("/").at(-1))).sort((a, b) => a - b);
/** Uploads a file in three parts. Resolves with whether it arrived unchanged, or with `{ thrown }`. */
const threeParts = (options) => client.run((options) => sent(11 << 20, options), { ...SMALL, ...options });

describe("threshold and part size", () => {
  test("are the caller's, of an upload and of a call that takes files", async () => {
    assert.equal(await threeParts(), true);
    assert.deepEqual(await numbers(), [1, 2, 3]);
    await client.emulator.clearRequests();
    await client.run((options) => fal.queue.submit(DISTILL, { input: { a: new File([bytes(11 << 20)], "a") }, validate: false, ...options }), SMALL);
    assert.deepEqual(await numbers(), [1, 2, 3]);
    await client.emulator.clearRequests();
    assert.equal(await threeParts({ multipartThreshold: 11 * MIB }), true);
    assert.deepEqual(await initiated(), ["initiate"]);
  });

  test("that cannot be right are refused by name, before anything is sent", async () => {
    for (const [name, given] of /** @type {[string, unknown][]} */ ([["partSize", 5 * MIB - 1], ["partSize", 100 * MIB + 1], ["partSize", "10MB"], ["multipartThreshold", -1], ["multipartThreshold", NaN], ["stallTimeout", 0]])) {
      const { thrown } = await client.run((options) => sent(9, options), { [name]: given });
      assert.equal(thrown?.code, "invalid_argument", name);
      const run = ([name, given]) => fal.run(DISTILL, { input: { a: new Blob(["x"]) }, validate: false, [name]: given }).catch(({ message }) => message);
      assert.match(await client.run(run, [name, given]), new RegExp(`^${name}: must be a number`));
    }
    assert.deepEqual(await client.sent(), []);
  });
});

describe("a part that fails", () => {
  test("is sent again alone, as often as it takes", async () => {
    await fault({ path_contains: "/2?", times: 6, status: 500, after: true, body: {} });
    assert.equal(await threeParts(), true);
    assert.deepEqual(await numbers(), [1, 2, 2, 2, 2, 2, 2, 2, 3]);
    assert.deepEqual(await initiated(), ["initiate-multipart"]);
  });

  test("ends the upload where the caller wants no retries, and the others with it", async () => {
    await fault({ path_contains: "/2?", status: 503, after: true, body: { detail: "overloaded" } });
    await fault({ method: "PUT", times: 9, delay_ms: 600_000 });
    const message = await client.run((options) => {
      fal.config({ proxyUrl: "/api/fal/proxy", retry: { maxRetries: 0 } });
      return sent(11 << 20, options).catch(({ message }) => message);
    }, SMALL);
    assert.equal(message, "overloaded (HTTP 503 from upload)");
  });

  test("makes for fewer at one time, and success for more again", async () => {
    const { Gate, MOST } = await importSource("js/core/upload/gate.ts");
    assert.equal(MOST, 6);
    const gate = new Gate();
    const { signal } = new AbortController();
    const under = [];
    const start = () => gate.pass(signal, () => new Promise((resolve, reject) => under.push({ resolve: (ok) => resolve({ ok }), reject }))).catch(() => {});
    const settle = async (end) => (end(under.shift()), new Promise(setImmediate));
    for (let n = 0; n < 20; n++) start();
    await new Promise(setImmediate);
    assert.equal(under.length, 6);
    await settle((it) => it.reject(new TypeError("lost")));
    assert.equal(under.length, 5, "three are let through now; five are under way");
    await settle((it) => it.resolve(false));
    assert.equal(under.length, 4, "a refusal counts too");
    await settle((it) => it.resolve(true));
    assert.equal(under.length, 3, "three at most again");
    await settle((it) => it.resolve(true));
    assert.equal(under.length, 4);
    for (const most of [5, 6, 6]) {
      await settle((it) => it.resolve(true));
      assert.equal(under.length, most);
    }
  });

  test("six go at one time, as many as a browser lets", async () => {
    await fault({ method: "PUT", times: 12, delay_ms: 300 });
    const most = await client.run(async (options) => {
      const { send } = XMLHttpRequest.prototype;
      let now = 0;
      let most = 0;
      XMLHttpRequest.prototype.send = function (body) {
        most = Math.max(most, ++now);
        // "readystatechange" comes before the events on which the client sends the next part.
        this.addEventListener("readystatechange", () => this.readyState === XMLHttpRequest.DONE && now--);
        return send.call(this, body);
      };
      await sent(60 << 20, options);
      return most;
    }, SMALL);
    assert.equal(most, 6);
  });
});

describe("progress", () => {
  test("is told every 250 ms at least, twenty times a second at most, never back, true at the end", async () => {
    await fault({ path_contains: "/2?", times: 2, status: 503, after: true, body: {} });
    const held = await client.emulator.hold({ method: "PUT", path_contains: "/files/" });
    await client.page.evaluate((options) => {
      window.reports = [];
      window.done = sent(26 << 20, { ...options, onUploadProgress: ({ loaded, total }) => reports.push([performance.now(), loaded, total]) });
    }, SMALL);
    await held.reached();
    // The held parts keep bytes on their way, so reports keep coming. Wait for many, however slow this machine is.
    await client.run(async () => {
      while (reports.length <= 8) await sleep(50);
    });
    await held.release();
    const seen = await client.run(async () => {
      await done;
      const told = reports.length;
      await sleep(300);
      return { reports, late: reports.length - told };
    });
    const { reports } = seen;
    assert.deepEqual(reports.at(-1).slice(1), [26 * MIB, 26 * MIB]);
    // A busy machine delays some reports, but never most of them, so check the median.
    const gaps = reports.slice(1).map(([at], before) => at - reports[before][0]).sort((a, b) => a - b);
    assert.ok(gaps[gaps.length >> 1] < 1_000, `${gaps[gaps.length >> 1]} ms between two`);
    reports.slice(1).forEach(([, loaded, total], before) => {
      assert.ok(loaded >= reports[before][1], "never back");
      assert.equal(total, 26 * MIB);
    });
    const ms = reports.at(-1)[0] - reports[0][0];
    assert.ok(reports.length <= ms / 50 + 2, `${reports.length} reports in ${ms} ms`);
    assert.equal(seen.late, 0, "nothing is told after the end");
  });

  test("counts what is really sent: a file whose bytes the server does not take does not move", async () => {
    const held = await client.emulator.hold({ method: "PUT", path_contains: "/files/" });
    await client.page.evaluate(() => {
      window.reports = [];
      window.done = fal.storage.upload(new File([bytes(80 << 20)], "a"), { onUploadProgress: ({ loaded }) => reports.push(loaded) });
    });
    await held.reached();
    const loaded = await client.run(async () => {
      // Wait until the progress stops.
      for (let last; !(last > 0) || last !== reports.at(-1); await sleep(300)) last = reports.at(-1);
      return reports.at(-1);
    });
    await held.release();
    await client.run(() => done);
    assert.ok(loaded > 0 && loaded < 40 * MIB, `${loaded} bytes fill the buffers on the way`);
  });
});

describe("an abort", () => {
  test("settles at once, cuts every part, and sends nothing more", async () => {
    await fault({ method: "PUT", times: 20, delay_ms: 600_000 });
    const seen = await client.run(async (options) => {
      const { send } = XMLHttpRequest.prototype;
      let under = 0;
      let begun = 0;
      XMLHttpRequest.prototype.send = function (body) {
        begun++;
        under++;
        this.addEventListener("loadend", () => under--);
        return send.call(this, body);
      };
      const controller = new AbortController();
      const done = sent(60 << 20, { ...options, abortSignal: controller.signal }).catch((error) => error);
      while (under < 6) await sleep(10);
      controller.abort();
      // A settled promise always comes before a timer, even on a busy machine.
      const name = await Promise.race([done.then(({ name }) => name), sleep(50).then(() => "pending")]);
      await sleep(200);
      return { name, under, begun };
    }, SMALL);
    assert.equal(seen.name, "AbortError");
    assert.deepEqual([seen.under, seen.begun], [0, 6]);
    assert.equal((await client.sent("/complete")).length, 0);
  });
});

describe("a part that stalls", () => {
  test("is given up and sent again", async () => {
    await fault({ path_contains: "/2?", delay_ms: 60_000 });
    assert.equal(await threeParts({ stallTimeout: 1_500 }), true);
    assert.deepEqual(await numbers(), [1, 2, 2, 3]);
  });

  test("fails the upload when it goes on", async () => {
    await fault({ path_contains: "/2?", times: 9, delay_ms: 60_000 });
    await client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 1, maxRetries: 1 } }));
    const { thrown } = await threeParts({ stallTimeout: 400 });
    assert.equal(thrown.code, "network");
    assert.match(thrown.message, /^No answer to upload from [\w.:]+: Nothing was sent for \d+ s/);
  });

  test("is given up with a fetch of the caller's, too, though its bytes cannot be seen", async () => {
    await fault({ path_contains: "/2?", delay_ms: 60_000 });
    await client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", fetch: (/** @type {Parameters<typeof fetch>} */ ...given) => fetch(...given), retry: { baseDelay: 1 } }));
    assert.equal(await threeParts({ stallTimeout: 1_000 }), true);
    assert.deepEqual(await numbers(), [1, 2, 2, 3]);
  });

  test("is not one that waits for the browser's other requests", async () => {
    await fault({ method: "PUT", times: 99, delay_ms: 1_500 });
    const seen = await client.run(async (options) => {
      const files = Array.from({ length: 3 }, (_, at) => new File([bytes(30 << 20)], `${at}`));
      return Promise.all(files.map((file) => fal.storage.upload(file, options))).then(({ length }) => length);
    }, { ...SMALL, stallTimeout: 3_000 });
    assert.equal(seen, 3);
    assert.equal((await puts()).length, 18, "none was sent twice");
  });
});

describe("a place that has expired", () => {
  test("is asked for anew, and all parts go there", async () => {
    await fault({ path_contains: "/3?", status: 403, after: true, body: { detail: "Request has expired" } });
    assert.equal(await threeParts(), true);
    assert.deepEqual(await initiated(), ["initiate-multipart", "initiate-multipart"]);
  });

  test("of a file in one piece, too", async () => {
    await fault({ method: "PUT", times: 2, status: 403, after: true, body: {} });
    assert.equal(await client.run(() => sent(1000)), true);
    assert.equal((await initiated()).length, 3);
  });

  test("is asked for twice at most", async () => {
    await fault({ method: "PUT", times: 99, status: 403, after: true, body: { detail: "Request has expired" } });
    for (const size of [1000, 11 * MIB]) {
      await client.emulator.clearRequests();
      const { thrown } = await client.run(([size, options]) => sent(size, options), [size, SMALL]);
      assert.deepEqual([thrown.status, thrown.message], [403, "Request has expired (HTTP 403 from upload)"]);
      assert.equal((await initiated()).length, 3);
    }
  });

  test("a refusal of the service to give a place is final", async () => {
    await fault({ path_contains: "initiate", times: 9, status: 403, body: { detail: "User is locked" } });
    const { thrown } = await client.run(() => sent(1000));
    assert.equal(thrown.message, "User is locked (HTTP 403 from upload)");
    assert.equal((await initiated()).length, 1);
  });
});

describe("a proxy that refuses uploads in parts", () => {
  const refuse = () => fault({ path_contains: "initiate-multipart", times: 9, status: 400, body: "Invalid request" });
  const PATTERN = /rest\.fal\.ai\/storage\/upload\/initiate-multipart\?storage_type=fal-cdn-v3 \(@fal-ai\/server-proxy: in allowedUrlPatterns\)$/;

  test("gets the file in one piece where the service takes it so", async () => {
    await refuse();
    assert.equal(await threeParts(), true);
    assert.deepEqual(await initiated(), ["initiate-multipart", "initiate"]);
    assert.equal((await puts()).length, 1);
  });

  test("is named, with the pattern to allow, where the file is too large", async () => {
    await refuse();
    const { thrown } = await client.run(() => fal.storage.upload(new Blob(Array.from({ length: 101 }, () => new Uint8Array(1 << 20)))));
    assert.equal(thrown.status, 400);
    assert.match(thrown.message, /^Invalid request \(HTTP 400 from upload\)\. /);
    assert.match(thrown.message, PATTERN);
    assert.equal((await puts()).length, 0, "not a byte is sent in vain");
  });

  test("is named where the service does not take as much in one piece after all", async () => {
    await refuse();
    await fault({ method: "PUT", status: 413, after: true, body: "<html>" });
    const { thrown } = await threeParts();
    assert.match(thrown.message, PATTERN);
  });

  test("is not blamed for what the service refuses", async () => {
    await fault({ path_contains: "initiate", times: 9, status: 403, body: { detail: "User is locked" } });
    for (const size of [11 * MIB, 101 * MIB]) {
      const { thrown } = await client.run(([size, options]) => fal.storage.upload(new Blob([new Uint8Array(size)]), options), /** @type {const} */ ([size, SMALL]));
      assert.equal(thrown.message, "User is locked (HTTP 403 from upload)");
    }
  });
});

describe("the end", () => {
  test("takes a part's etag from the header where the body has none, and misses one that is in neither", async () => {
    const upload = (headers) => client.run(async (headers) => {
      const parts = [];
      const fetch = async (url, /** @type {any} */ { body, method }) => {
        if (url.includes("initiate")) return Response.json({ upload_url: "https://v3b.fal.media/u?s", file_url: "https://v3b.fal.media/f" });
        if (method === "POST") parts.push(...JSON.parse(body).parts);
        return new Response("", { status: method === "GET" ? 206 : 200, headers });
      };
      fal.config({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      await fal.storage.upload(new Blob([new Uint8Array(6 << 20)]), { multipartThreshold: 0, partSize: 5 << 20 });
      return parts;
    }, headers);
    assert.deepEqual(await upload({ etag: '"e"' }), [1, 2].map((partNumber) => ({ partNumber, etag: '"e"' })));
    assert.match((await upload({})).thrown.message, /names no etag/);
  });

  test("of a file that has lost its end is no success", async () => {
    await fault({ method: "GET", path_contains: "some.bin", times: 1, status: 416 });
    assert.equal(await threeParts(), true, "sent again");
    assert.equal((await initiated()).length, 2);
    await fault({ method: "GET", path_contains: "some.bin", times: 3, status: 416 });
    const { thrown } = await threeParts();
    assert.deepEqual([thrown.code, /shorter than the one that was sent/.test(thrown.message)], ["bad_response", true]);
  });

  test("is one where the file cannot be read by this page", async () => {
    await fault({ method: "GET", path_contains: "some.bin", times: 1, status: 404 });
    assert.equal(await threeParts(), true);
    assert.equal((await initiated()).length, 1);
  });

  test("leaves nothing unhandled where the answer to the check of the stored file breaks off", async () => {
    const url = await client.run(async () => {
      const cut = () => new ReadableStream({ start: (controller) => controller.error(new TypeError("cut")) });
      const fetch = async (url, /** @type {any} */ { method }) => {
        if (url.includes("initiate")) return Response.json({ upload_url: "https://v3b.fal.media/u?s", file_url: "https://v3b.fal.media/f" });
        return method === "GET" ? new Response(cut(), { status: 206 }) : new Response("", { headers: { etag: '"e"' } });
      };
      fal.config({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      const url = await fal.storage.upload(new Blob([new Uint8Array(6 << 20)]), { multipartThreshold: 0, partSize: 5 << 20 });
      void Promise.reject(new Error("the test's own"));
      return url;
    });
    assert.equal(url, "https://v3b.fal.media/f");
    // The browser reports rejections in their order. When it has reported this one, it has reported all earlier ones.
    const own = "Error: the test's own";
    await until(() => client.unhandled.includes(own));
    assert.deepEqual(client.unhandled.splice(0), [own]);
  });

  test("is said again where it is lost on the way", async () => {
    await fault({ path_contains: "/complete", times: 2, close: true });
    assert.equal(await threeParts(), true);
    assert.deepEqual(await initiated(), ["initiate-multipart"]);
  });

  test("whose answer is lost has come all the same", async () => {
    await fault({ path_contains: "/complete", status: 404, after: true, body: { detail: "NoSuchUpload" } });
    assert.equal(await threeParts(), true);
    assert.deepEqual(await initiated(), ["initiate-multipart"]);
  });

  test("a file that changes on the disk meanwhile is named, and not tried again and again", async () => {
    const file = await bigFile(11 * MIB);
    try {
      await utimes(file.path, 1e9, 1e9);
      await choose(client.page, file);
      await writeFile(file.path, "something else");
      const { thrown } = await client.run((options) => fal.storage.upload(window.bigFile, options), SMALL);
      assert.match(thrown.message, /^file: cannot be read: it was changed/);
    } finally {
      await file.remove();
    }
  });
});

describe("with a store", () => {
  /** Starts an upload whose second part never ends, and reloads the page when five of its six parts are saved. */
  async function breakOff() {
    await openStore();
    await fault({ path_contains: "/2?", times: 99, delay_ms: 600_000 });
    await client.page.evaluate((options) => {
      sent(26 << 20, { ...options, store }).catch(() => {});
    }, SMALL);
    await until(() => client.page.evaluate(() => Object.values(sessionStorage).some((text) => Object.keys(JSON.parse(text).etags).length === 5)));
    const before = await numbers();
    await client.emulator.clearFaults();
    await client.page.reload();
    await client.emulator.clearRequests();
    return before;
  }

  const openStore = () =>
    client.page.evaluate(() => {
      window.store = {
        get: async (key) => JSON.parse(String(sessionStorage.getItem(key))),
        set: async (key, value) => sessionStorage.setItem(key, JSON.stringify(value)),
        delete: async (key) => sessionStorage.removeItem(key),
      };
    });

  /** Uploads the same file after the reload. */
  const again = async (name = "some.bin") => {
    await openStore();
    await client.page.evaluate(defineBytes);
    return client.run(async ([options, name]) => {
      const { fal } = await import("/fal-wasm/index.js");
      fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 20 } });
      const data = bytes(26 << 20);
      const reports = [];
      const file = new File([data], name, { lastModified: 1 });
      // `store` is an internal option. A client that saves its requests keeps its uploads there.
      const saved = { ...options, store };
      const url = await fal.storage.upload(file, { ...saved, onUploadProgress: ({ loaded }) => reports.push(loaded) });
      const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
      return { isSame: areSame(stored, data), kept: sessionStorage.length, reports };
    }, /** @type {const} */ ([SMALL, name]));
  };

  beforeEach(() => client.page.evaluate(() => sessionStorage.clear()));

  test("an upload goes on after a reload: only what is missing is sent", async () => {
    assert.deepEqual(await breakOff(), [1, 2, 3, 4, 5, 6]);
    const seen = await again();
    assert.deepEqual([seen.isSame, seen.kept], [true, 0], "it is whole, and forgotten");
    assert.deepEqual(await numbers(), [2]);
    assert.deepEqual(await initiated(), []);
    assert.equal(seen.reports.at(-1), 26 * MIB);
  });

  test("persist: true keeps it in the browser's database, and it is no pending request", async () => {
    await fault({ path_contains: "/2?", times: 99, delay_ms: 600_000 });
    await client.page.evaluate((options) => void sent(26 << 20, { ...options, persist: true }).catch(() => {}), SMALL);
    const isKept = (entries) => entries.some(({ upload }) => Object.keys(upload?.etags ?? {}).length === 5);
    await until(async () => isKept(await noted(client.page)));
    await client.emulator.clearFaults();
    await prepare();
    const seen = await client.run(async (options) => {
      const pending = await fal.pending();
      return { pending, isSame: await sent(26 << 20, { ...options, persist: true }) };
    }, SMALL);
    assert.deepEqual(seen, { pending: [], isSame: true });
    assert.deepEqual(await numbers(), [2]);
  });

  test("another file does not go on with it", async () => {
    await breakOff();
    const seen = await again("other.bin");
    assert.deepEqual([seen.isSame, seen.kept], [true, 1], "the first one may still be continued");
    assert.deepEqual(await numbers(), [1, 2, 3, 4, 5, 6]);
  });

  test("an upload whose place is gone begins anew", async () => {
    for (const status of [400, 403, 404]) {
      await breakOff();
      await fault({ path_contains: "/2?", status, after: true, body: {} });
      const seen = await again();
      assert.deepEqual([seen.isSame, seen.kept], [true, 0]);
      assert.deepEqual(await numbers(), [1, 2, 2, 3, 4, 5, 6]);
      assert.deepEqual(await initiated(), ["initiate-multipart"]);
      await prepare();
    }
  });

  test("that fails or tells nonsense, an upload succeeds", async () => {
    for (const how of ["throws", "lies"]) {
      const isSame = await client.run(async ([options, how]) => {
        const broken = async () => {
          if (how === "throws") throw new Error("full");
          return { etags: 1 };
        };
        return sent(11 << 20, { ...options, store: { get: broken, set: broken, delete: broken } });
      }, /** @type {const} */ ([SMALL, how]));
      assert.equal(isSame, true, how);
    }
  });
});
