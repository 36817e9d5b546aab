// A saved request belongs to the clients that reach fal by the same route and with the same key.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withSaving } from "./support/saved.mjs";

const client = withSaving();
beforeEach(async () => {
  await client.start();
  await client.inPage(() => {
    /** A client with a key and without a proxy. Its `fetch` answers in the page. */
    window.keyed = (credentials, more) => {
      const answers = { POST: { request_id: "r1" }, GET: { status: "COMPLETED", logs: [] } };
      const fetch = async (url, /** @type {any} */ { method }) => (sent.push(url), Response.json(answers[method]));
      return createFalClient({ credentials, fetch, suppressLocalCredentialsWarning: true, persist: true, ...more });
    };
    window.sent = [];
    window.ids = async (client, options) => (await client.pending(options)).map(({ requestId }) => requestId);
  });
});
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const inPage = (script, argument) => client.inPage(script, argument);

describe("a saved request", () => {
  test("of one proxy is not listed by a client of another, nor resumed by it", async () => {
    const seen = await inPage(async () => {
      const { request_id: id } = await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      const [entry] = await fal.pending();
      const other = createFalClient({ proxyUrl: "/another/proxy", persist: true });
      return {
        entry,
        id,
        others: await ids(other),
        byEntry: await settled(other.resume(entry)),
        byId: await settled(other.resume(id)),
        ours: await ids(fal),
        delivered: await settled(fal.resume(entry)),
      };
    });
    assert.equal(seen.entry.route, `${client.emulator.url}/api/fal/proxy`);
    assert.deepEqual(seen.others, []);
    for (const error of [seen.byEntry, seen.byId]) {
      assert.deepEqual([error.name, error.code], ["FalError", "invalid_argument"]);
      assert.match(error.message, /another (client|route)|allRoutes/);
    }
    assert.deepEqual(seen.ours, [seen.id]);
    assert.deepEqual(seen.delivered, { answer: 42 });
    assert.deepEqual(await client.sent("/another"), [], "nothing was asked for it");
  });

  test("of another route is listed with allRoutes, resumed with it, and never marked as expired by it", async () => {
    const seen = await inPage(async () => {
      const first = createFalClient({ proxyUrl: "/first/proxy", persist: true, fetch: async () => Response.json({ request_id: "r1" }) });
      await first.queue.submit("acme/slow", { input: {} });
      later(7_200_000);
      const [entry] = await fal.pending({ allRoutes: true });
      const error = await settled(fal.resume(entry, { allRoutes: true, mode: "polling" }));
      const { request_id: id } = await fal.queue.submit("acme/slow", { input: { how: "quick" } });
      const result = await settled(createFalClient({ proxyUrl: "/api/fal/proxy?v=2", persist: true }).resume(id));
      return { route: entry.route, status: error.status, states: (await first.pending()).map(({ state }) => state), result };
    });
    assert.deepEqual(seen, { route: `${client.emulator.url}/first/proxy`, status: 404, states: ["pending"], result: { answer: 42 } });
  });

  test("of one key is not listed by a client with another, but by the next one with the same", async () => {
    const seen = await inPage(async () => {
      await keyed("id-one:secret-one").queue.submit("acme/slow", { input: {} });
      const [entry] = await keyed("id-one:secret-one").pending();
      const others = [keyed("id-two:secret-two"), keyed(() => "id-two:secret-two"), keyed(undefined), fal];
      const route = entry.route;
      return { route, same: await ids(keyed(() => "id-one:secret-one")), others: await Promise.all(others.map((it) => ids(it))) };
    });
    assert.match(seen.route, /^fal#[0-9a-f]{8}$/);
    assert.deepEqual(seen.same, ["r1"]);
    assert.deepEqual(seen.others, [[], [], [], []]);
  });

  test("of a client whose function gives a new token each time is found again", async () => {
    const found = await inPage(async () => {
      let count = 0;
      const rotating = keyed(() => `token-${count++}`);
      await rotating.queue.submit("acme/slow", { input: {} });
      return ids(rotating);
    });
    assert.deepEqual(found, ["r1"]);
  });

  test("of a client with middleware in place of a proxyUrl belongs to where that sends it", async () => {
    const seen = await inPage(async () => {
      const to = (url) => async (request) => ({ ...request, url: `${url}?to=${encodeURIComponent(request.url)}`, headers: { ...request.headers, "x-fal-target-url": request.url } });
      const first = createFalClient({ requestMiddleware: to("/api/fal/proxy"), persist: true });
      const other = createFalClient({ requestMiddleware: to("/another/proxy"), persist: true });
      const same = createFalClient({ requestMiddleware: withProxy({ targetUrl: "/api/fal/proxy" }), persist: true });
      const { request_id: id } = await first.queue.submit("acme/slow", { input: { how: "quick" } });
      const listed = [await ids(first), await ids(other), await ids(same), await ids(fal)];
      return { id, listed, result: await settled(same.resume(id)) };
    });
    assert.deepEqual(seen.listed, [[seen.id], [], [seen.id], [seen.id]]);
    assert.deepEqual(seen.result, { answer: 42 });
  });

  test("is saved, and found again, where the page has no crypto.subtle", async () => {
    const found = await inPage(async () => {
      Object.defineProperty(crypto, "subtle", { value: undefined });
      await keyed("id-one:secret-one").queue.submit("acme/slow", { input: {} });
      return [await ids(keyed("id-one:secret-one")), await ids(keyed("id-two:secret-two"))];
    });
    assert.deepEqual(found, [["r1"], []]);
  });

  test("that an older version saved, without a route, is every client's", async () => {
    const seen = await inPage(async () => {
      const { request_id: id } = await fal.queue.submit("acme/slow", { input: { how: "quick" }, persist: false });
      const store = memoryStore();
      store.put({ endpointId: "acme/slow", requestId: id, submittedAt: Date.now() });
      const listed = [await ids(fal, { persist: store }), await ids(keyed("id-one:secret-one"), { persist: store })];
      return { id, listed, result: await settled(fal.resume(id, { persist: store })), left: await ids(fal, { persist: store }) };
    });
    assert.deepEqual(seen, { id: seen.id, listed: [[seen.id], [seen.id]], result: { answer: 42 }, left: [] });
  });

  test("holds neither the key nor the proxy's query", async () => {
    const dump = await inPage(async () => {
      const fetch = async () => Response.json({ request_id: `r${Math.random()}` });
      const store = memoryStore();
      for (const config of [{ credentials: "SECRET:SECRET" }, { credentials: () => "SECRET:SECRET" }, { proxyUrl: "https://user:SECRET@a.example/proxy?token=SECRET#SECRET" }]) {
        await createFalClient({ fetch, suppressLocalCredentialsWarning: true, ...config }).queue.submit("acme/slow", { input: {}, persist: store });
      }
      return store.list();
    });
    assert.deepEqual(dump.map(({ route }) => /^(fal#|https:\/\/a\.example\/proxy$)/.test(route)), [true, true, true], JSON.stringify(dump));
    assert.doesNotMatch(JSON.stringify(dump), /SECRET/);
  });
});
