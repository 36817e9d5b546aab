// The requests that carry a key, and those that must not. Also the hooks with which callers change requests.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { withClient } from "./support/client.mjs";

const KEY = "secret-id:secret-value";

const client = withClient();
/** The page's requests to other hosts. The test sends them to the emulator's direct routes. */
let outside;
beforeEach(async () => {
  await client.reset();
  outside = [];
  await client.page.route(/^https:\/\//, async (route) => {
    const request = route.request();
    outside.push({ method: request.method(), url: request.url(), headers: await request.allHeaders() });
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-allow-methods": "*" };
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    const url = request.url().replace("https:/", client.emulator.url);
    const response = await route.fetch({ url });
    return route.fulfill({ response, headers: { ...response.headers(), ...cors } });
  });
});
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const withKey = () => client.run((credentials) => fal.config({ credentials, suppressLocalCredentialsWarning: true }), KEY);
const keyed = (requests) => requests.filter(({ headers }) => headers.authorization !== undefined);

test("a key goes to fal's hosts, and not to where the bytes of a file go", async () => {
  await withKey();
  const seen = await client.run(async () => {
    const result = await fal.subscribe(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url: await picture() }, pollInterval: 50 });
    return result.data.video.url;
  });
  assert.equal(seen.thrown, undefined);
  assert.ok(outside.length >= 4);
  for (const { url, method, headers } of outside.filter(({ method }) => method !== "OPTIONS")) {
    assert.equal(headers.authorization, `Key ${KEY}`, `${method} ${url}`);
    assert.match(new URL(url).host, /^(queue\.fal\.run|rest\.fal\.ai)$/);
  }
  const puts = (await client.sent()).filter(({ method, path }) => method === "PUT" && !path.includes("cancel"));
  assert.equal(puts.length, 1);
  assert.equal(puts[0].headers.authorization, undefined);
});

test("a key is asked for at every request where it is a function", async () => {
  const calls = await client.run(async () => {
    let calls = 0;
    fal.config({ credentials: () => `key-${++calls}`, suppressLocalCredentialsWarning: true });
    await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }).catch(() => {});
    await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }).catch(() => {});
    return calls;
  });
  const keys = keyed(outside).map(({ headers }) => headers.authorization);
  assert.equal(new Set(keys).size, 2);
  assert.equal(keys.at(-1), `Key key-${calls}`);
});

test("a key never shows in an error or a log", async () => {
  const said = [];
  client.page.on("console", (message) => said.push(message.text()));
  const text = await client.run(async (credentials) => {
    fal.config({ credentials, retry: { maxRetries: 0 } });
    const bad = [
      () => fal.queue.status("acme/nope", { requestId: "r1" }),
      () => fal.queue.submit("acme/nope", { input: {} }),
      () => fal.queue.submit("nope", {}),
      () => fal.queue.submit("acme/nope", { hint: "a\nb" }),
    ];
    const errors = await Promise.all(bad.map((call) => call().catch((error) => error)));
    return errors.map((error) => `${error.stack} ${JSON.stringify(error)} ${error.cause}`).join("\n");
  }, KEY);
  assert.ok(text.length > 200);
  assert.doesNotMatch(text, /secret/);
  assert.doesNotMatch(said.join("\n"), /secret/);
  assert.ok(said.some((line) => line.includes("credentials are exposed in the browser")), "it warns of a key in a page");
});

test("follow-up URLs are taken from the reply on fal's hosts only", async () => {
  await withKey();
  const reply = (host) => ({ status: "IN_QUEUE", request_id: "r1", queue_position: 0, status_url: `${host}/other/app/requests/r1/status`, response_url: `${host}/other/app/requests/r1`, cancel_url: `${host}/other/app/requests/r1/cancel` });
  for (const [host, expected] of [
    ["https://queue.fal.run", "https://queue.fal.run/other/app/requests/r1/status/stream?logs=0"],
    ["https://queue.notfal.run", "https://queue.fal.run/fal-ai/kandinsky5-pro/requests/r1/status/stream?logs=0"],
  ]) {
    outside.length = 0;
    await client.emulator.fault({ method: "POST", path_contains: "text-to-video", times: 1, status: 200, body: reply(host) });
    await client.run(() => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" } }));
    const status = outside.find(({ url }) => url.includes("/status"));
    assert.equal(status.url, expected);
  }
});

test("a caller's fetch is called with a URL and an init", async () => {
  const seen = await client.run(async () => {
    const calls = [];
    fal.config({
      credentials: "k",
      suppressLocalCredentialsWarning: true,
      fetch: async (url, init) => {
        calls.push({ url, method: init.method, headers: { ...init.headers }, body: init.body, signal: init.signal instanceof AbortSignal });
        return new Response(JSON.stringify({ request_id: "r1" }), { headers: { "content-type": "application/json" } });
      },
    });
    await fal.queue.submit("acme/app", { input: { a: 1 } });
    return calls;
  });
  assert.deepEqual(seen, [
    {
      url: "https://queue.fal.run/acme/app",
      method: "POST",
      headers: { Authorization: "Key k", Accept: "application/json", "Content-Type": "application/json", "x-fal-queue-priority": "normal" },
      body: '{"a":1}',
      signal: true,
    },
  ]);
  assert.equal(outside.length, 0);
});

test("a middleware sees the request before the proxy, and may change it", async () => {
  const seen = await client.run(async () => {
    const requests = [];
    fal.config({
      proxyUrl: { url: "/api/fal/proxy", when: "always" },
      requestMiddleware: async (request) => {
        requests.push(structuredClone(request));
        return { ...request, headers: { ...request.headers, "x-fal-added": "yes" } };
      },
    });
    await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }).catch(() => {});
    return requests;
  });
  const url = "https://queue.fal.run/fal-ai/kandinsky5-pro/requests/r1/status?logs=0";
  assert.deepEqual(seen, [{ method: "GET", url, headers: {} }]);
  const [request] = await client.sent("/status");
  assert.equal(request.headers["x-fal-added"], "yes");
  assert.equal(request.target, url);
});

test("a proxy that does not apply here is not used", async () => {
  await client.run(async () => {
    fal.config({ proxyUrl: { url: "/api/fal/proxy", when: () => false } });
    await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" }).catch(() => {});
  });
  assert.ok(outside.some(({ url }) => url.startsWith("https://queue.fal.run/")));
});

test("what a hook throws is what the caller gets", async () => {
  for (const hook of ["requestMiddleware", "credentials", "when"]) {
    const { thrown } = await client.run(async (hook) => {
      let armed = false;
      const bad = () => {
        if (armed) throw new RangeError(hook);
      };
      fal.config(hook === "when" ? { proxyUrl: { url: "/api/fal/proxy", when: /** @type {any} */ (bad) } } : { [hook]: bad });
      armed = true;
      await fal.queue.status(TEXT_TO_VIDEO, { requestId: "r1" });
    }, hook);
    assert.deepEqual([thrown.name, thrown.message], ["RangeError", hook]);
  }
});
