// A saved request ends with its result, with its own failure, or when fal itself says that it is gone. No other server ends it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withSaving } from "./support/saved.mjs";

/** Longer than the shortest time for which fal keeps results (6 minutes), in milliseconds. */
const LONG = 7_200_000;
const WEEK = 7 * 24 * 3_600_000;
/** How many times faster the page's clock runs while the client waits between two polls. Databases need time, so not faster. */
const SPEED = 5;

const client = withSaving();
beforeEach(() => client.start());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const inPage = (script, argument) => client.inPage(script, argument);
const states = () => inPage(async () => (await fal.pending()).map(({ state }) => state));
/** Submits `count` jobs, and then moves the page's clock forward by `ms`. */
const submit = (count, ms) =>
  inPage(
    async ([count, ms]) => {
      for (let at = 0; at < count; at += 1) await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      later(ms);
    },
    [count, ms],
  );
const resumeAll = () => inPage(async () => Promise.all((await fal.pending()).map((entry) => settled(fal.resume(entry, { mode: "polling" })))));

describe("a saved request that fal does not know", () => {
  for (const [what, answer] of /** @type {[string, import("./support/emulator.mjs").Fault][]} */ ([
    ["a framework's 404 of a route that it does not have", { status: 404, body: { detail: "Not Found" } }],
    ["a router's 404 in words of its own", { status: 404, body: { detail: "Path /requests not found" } }],
    ["a 404 about another request", { status: 404, body: { status: "NOT_FOUND", request_id: "another" } }],
    ["a page", { status: 404, body: "<html>Cannot GET</html>" }],
  ])) {
    test(`is not expired by ${what}`, async () => {
      await client.arrive(undefined, { speed: SPEED });
      await submit(3, LONG);
      await client.emulator.fault({ times: 999, path_contains: "/requests/", ...answer });
      const errors = await resumeAll();
      assert.deepEqual(errors.map(({ code, status }) => [code, status]), Array.from({ length: 3 }, () => ["http", answer.status]));
      assert.deepEqual(await states(), Array(3).fill("pending"));
      await client.emulator.clearFaults();
      assert.deepEqual(await resumeAll(), Array.from({ length: 3 }, () => ({ answer: 42 })), "each is delivered once the answers are fal's again");
      assert.deepEqual(await states(), []);
    });
  }

  for (const [what, body] of [["status", { status: "NOT_FOUND" }], ["result", { detail: "Request not found" }]]) {
    test(`is expired by the words that fal has for a ${what}, and stays listed until it is forgotten`, async () => {
      await client.arrive(undefined, { speed: SPEED });
      await submit(1, LONG);
      await client.emulator.fault({ times: 999, path_contains: "/requests/", status: 404, body });
      const [error] = await resumeAll();
      assert.deepEqual([error.name, error.code], ["FalError", "expired"]);
      assert.match(error.message, /does not know .*listed as expired/);
      assert.ok((await client.sent("/requests/")).length > 1, "it was asked more than once");
      assert.deepEqual(await states(), ["expired"]);
      await client.arrive();
      assert.deepEqual(await states(), ["expired"], "in the next page, too");
      await inPage(async () => fal.forget((await fal.pending())[0]));
      assert.deepEqual(await states(), []);
    });
  }

  test("that was expired by mistake can still be resumed", async () => {
    await client.arrive(undefined, { speed: SPEED });
    await submit(1, LONG);
    await client.emulator.fault({ times: 999, path_contains: "/requests/", status: 404, body: { status: "NOT_FOUND" } });
    await resumeAll();
    assert.deepEqual(await states(), ["expired"]);
    await client.emulator.clearFaults();
    assert.deepEqual(await resumeAll(), [{ answer: 42 }]);
    assert.deepEqual(await states(), []);
  });

  test("is dropped a week after it was found to be expired", async () => {
    await client.arrive(undefined, { speed: SPEED });
    await submit(1, LONG);
    await client.emulator.fault({ times: 999, path_contains: "/requests/", status: 404, body: { status: "NOT_FOUND" } });
    await resumeAll();
    await inPage((ms) => later(ms), WEEK - LONG);
    assert.deepEqual(await states(), ["expired"]);
    await inPage((ms) => later(ms), 2 * LONG);
    assert.deepEqual(await states(), []);
  });

  test("is not expired while it is young: fal may not know it yet", async () => {
    await client.arrive(undefined, { speed: SPEED });
    await submit(1, 0);
    await client.emulator.fault({ times: 999, path_contains: "/requests/", status: 404, body: { status: "NOT_FOUND" } });
    const [error] = await resumeAll();
    assert.deepEqual([error.code, error.status], ["http", 404]);
    assert.deepEqual(await states(), ["pending"]);
  });

  test("is delivered where fal knows it when it is asked again", async () => {
    await client.arrive(undefined, { speed: SPEED });
    await submit(1, LONG);
    await client.emulator.fault({ times: 1, path_contains: "/requests/", status: 404, body: { status: "NOT_FOUND" } });
    assert.deepEqual(await resumeAll(), [{ answer: 42 }]);
    assert.deepEqual(await states(), []);
  });

  test("and that was never saved here is expired, too, and not saved for it", async () => {
    await client.arrive(undefined, { speed: SPEED });
    const unknown = { endpointId: "acme/slow", requestId: "0b6c0b6c-0000-4000-8000-000000000000", submittedAt: 1 };
    const error = await inPage((entry) => settled(fal.resume(entry)), unknown);
    assert.deepEqual([error.name, error.code, error.requestId], ["FalError", "expired", unknown.requestId]);
    assert.deepEqual(await states(), []);
  });

  test("rejects queue.result with fal's answer, and stays saved", async () => {
    await submit(1, LONG);
    await client.emulator.fault({ times: 999, path_contains: "/requests/", status: 404, body: { detail: "Request not found" } });
    const error = await inPage(async () => {
      const [{ requestId }] = await fal.pending();
      return settled(fal.queue.result("acme/slow", { requestId }));
    });
    assert.equal(error.status, 404);
    assert.deepEqual(await states(), ["pending"]);
  });
});

describe("a saved request whose result is refused", () => {
  for (const [what, answer] of /** @type {[string, import("./support/emulator.mjs").Fault][]} */ ([
    ["by a proxy's check of its own", { status: 422, body: { detail: [{ loc: ["header", "x-token"], msg: "Field required", type: "missing" }] } }],
    ["by a page", { status: 400, body: "<html>Bad Request</html>" }],
    ["by a framework that knows no such method", { status: 405, body: { detail: "Method Not Allowed" } }],
    ["as still in progress", { status: 400, body: { detail: "Request is still in progress" } }],
  ])) {
    test(`stays saved: ${what}`, async () => {
      await client.arrive(undefined, { speed: SPEED });
      await submit(1, 0);
      await client.emulator.plan({ seed: 1, rules: [{ route: "result", fault: answer }] });
      const [error] = await resumeAll();
      assert.equal(error.status, answer.status);
      await client.emulator.clearPlan();
      assert.deepEqual(await states(), ["pending"]);
      assert.deepEqual(await resumeAll(), [{ answer: 42 }]);
    });
  }

  test("for the model's own reason is dropped: it was told", async () => {
    const error = await inPage(() => settled(fal.subscribe("acme/slow", { input: { how: "refused" } })));
    assert.equal(error.status, 422);
    assert.deepEqual(await states(), []);
  });
});
