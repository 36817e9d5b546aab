// The requests that carry a key. Configuration is trusted; data is not. A caller's key goes to fal, to the caller's own proxy,
// and to the target of the caller's own middleware. It never goes to a place that an id, an answer or a redirect names.
// Runs in a page and in Node.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { startClient, until } from "./support/client.mjs";
import { startRecorder } from "./support/recorder.mjs";

const KEY = "Key id:secret";
const REQUEST = { request_id: "r1", status: "IN_QUEUE" };

let client;
/** The caller's proxy, and another person's server on another origin. */
let proxy;
let elsewhere;
/** The proxy's answers: pairs of a part of the target URL and the answer. */
let answers;
before(async () => {
  client = await startClient();
  elsewhere = await startRecorder(() => ({ body: REQUEST }));
  proxy = await startRecorder(({ target = "", method }) => {
    const [, answer] = answers.find(([part]) => target.includes(part)) ?? [];
    return answer ?? { body: method === "POST" ? REQUEST : { status: "COMPLETED", request_id: "r1" } };
  });
  // The tests in Node run the same functions as those in the page. They find the package here.
  globalThis.createFalClient = (await import("../dist/index.js")).createFalClient;
});
after(async () => {
  await client?.stop();
  await proxy?.stop();
  await elsewhere?.stop();
});
beforeEach(async () => {
  answers = [];
  proxy.requests.length = 0;
  elsewhere.requests.length = 0;
  await client.reset();
});
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

const keys = ({ requests }) => requests.map(({ headers }) => headers.authorization);
const WHERE = {
  "in a page": (script, argument) => client.run(script, argument),
  "in Node": (script, argument) => script(argument),
};

for (const [where, run] of Object.entries(WHERE)) {
  describe(`a key ${where}`, () => {
    test("that the caller gives goes along to the caller's proxy, with every call to fal", async () => {
      answers = [["/upload/initiate", { body: { upload_url: `${elsewhere.url}/put`, file_url: "https://v3.fal.media/x" } }]];
      await run(async (url) => {
        const credentials = () => "id:secret";
        const fal = createFalClient({ credentials, suppressLocalCredentialsWarning: true, proxyUrl: { url, when: "always" } });
        const request = { requestId: "r1" };
        await fal.queue.submit("acme/app", { input: { file: new Blob(["abc"]) } });
        await fal.queue.status("acme/app", request);
        await fal.queue.cancel("acme/app", request);
        await fal.run("acme/app", { input: {} });
        await (await fal.stream("acme/app", { input: {} })).done();
      }, proxy.url);
      assert.equal(proxy.requests.length, 6);
      assert.deepEqual(new Set(keys(proxy)), new Set([KEY]));
      assert.deepEqual(elsewhere.requests.map(({ method, headers }) => [method, headers.authorization]), [["PUT", undefined]], "the bytes of a file carry none");
    });

    test("goes along the route that the caller's middleware chose, unless others can read it there", async () => {
      const seen = await run(async () => {
        const seen = {};
        const chosen = [
          "https://gateway.example/fal", "http://localhost:1/fal", "http://app.localhost/fal", "http://127.0.0.1:1/", "http://[::1]:1/",
          "http://gateway.example/fal", "http://fal.run/x", "http://localhost.example/", "http://127.0.0.1.example/", "http://192.168.0.7/", "ws://localhost/", "ftp://localhost/",
        ];
        for (const url of chosen) {
          const fetch = async (url, /** @type {any} */ { headers }) => {
            seen[url] = headers.Authorization;
            return Response.json({ status: "IN_QUEUE", request_id: "r1" });
          };
          const requestMiddleware = async (request) => ({ ...request, url });
          await createFalClient({ credentials: "id:secret", suppressLocalCredentialsWarning: true, fetch, requestMiddleware }).queue.status("acme/app", { requestId: "r1" });
        }
        return seen;
      });
      const carries = (url) => /^https:|^http:\/\/(localhost:|app\.localhost\/|127\.0\.0\.1:|\[::1\])/.test(url);
      assert.equal(Object.keys(seen).length, 12);
      for (const [url, key] of Object.entries(seen)) assert.equal(key, carries(url) ? KEY : undefined, url);
    });

    test("goes nowhere that a redirect leads", async () => {
      answers = [["/status", { status: 307, headers: { location: `${elsewhere.url}/redirected` } }]];
      await run(async (url) => {
        const fal = createFalClient({ credentials: "id:secret", suppressLocalCredentialsWarning: true, proxyUrl: { url, when: "always" } });
        await fal.queue.status("acme/app", { requestId: "r1" });
      }, proxy.url);
      assert.deepEqual(keys(proxy), [KEY]);
      assert.deepEqual(elsewhere.requests.map(({ path, headers }) => [path, headers.authorization]), [["/redirected", undefined]]);
    });

    test("goes nowhere that an answer or the URL of a stream leads", async () => {
      const named = (name) => `${elsewhere.url}/acme/app/requests/r1${name}`;
      answers = [
        ["/status/stream", { status: 404, body: {} }],
        ["/status", { body: { status: "COMPLETED", request_id: "r1" } }],
        ["queue.fal.run/acme/app/requests/r1", { body: { answer: 42 } }],
        ["queue.fal.run/acme/app", { body: { ...REQUEST, status_url: named("/status"), response_url: named(""), cancel_url: named("/cancel") } }],
      ];
      const data = await run(
        async ([url, strange]) => {
          const fal = createFalClient({ credentials: "id:secret", suppressLocalCredentialsWarning: true, proxyUrl: { url, when: "always" } });
          const straight = createFalClient({ credentials: "id:secret", suppressLocalCredentialsWarning: true });
          const { data } = await fal.subscribe("acme/app", { input: {} });
          await (await fal.stream("acme/app", { url: strange, input: {} })).done();
          await (await straight.stream("acme/app", { url: strange, input: {} })).done();
          return data;
        },
        [proxy.url, `${elsewhere.url}/stream`],
      );
      assert.deepEqual(data, { answer: 42 });
      assert.deepEqual(keys(elsewhere), [undefined]);
      const strange = proxy.requests.filter(({ target }) => !target.startsWith("https://queue.fal.run/"));
      assert.deepEqual(keys({ requests: strange }), [undefined], "a proxy might hand it on to there");
    });
  });
}

test("a key of the environment goes to fal, and not to a proxy", async () => {
  const script = `
    const { createFalClient } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
    const keys = [];
    const fetch = async (url, { headers }) => (keys.push(headers.Authorization ?? "none"), Response.json({ status: "IN_QUEUE", request_id: "r1" }));
    const ask = (config) => createFalClient({ fetch, ...config }).queue.status("acme/app", { requestId: "r1" });
    await ask({ proxyUrl: { url: "https://app.example/proxy", when: "always" } });
    await ask({ requestMiddleware: async (request) => ({ ...request, url: "https://app.example/proxy" }) });
    await ask({});
    console.log(keys.join(", "));`;
  const env = { ...process.env, FAL_KEY: "id:secret" };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  assert.equal(stdout.trim(), `none, none, ${KEY}`);
});

test("a key goes to a proxy of the page's own origin", async () => {
  await client.run(async () => {
    const fal = createFalClient({ credentials: "id:secret", suppressLocalCredentialsWarning: true, proxyUrl: "/api/fal/proxy" });
    await fal.queue.submit("emulator/echo", { input: {} });
  });
  const [submit] = await client.sent("emulator/echo");
  assert.equal(submit.headers.authorization, "present");
});

describe("in a worker", () => {
  /** Makes a client with this configuration in a worker without an address of its own. Resolves with its warnings. */
  const inWorker = (config) =>
    client.run(async (config) => {
      const code = `
        const warnings = [];
        console.warn = (text) => warnings.push(text);
        const { createFalClient } = await import("${location.origin}/fal-wasm/index.js");
        const fal = createFalClient(${config});
        await fal.queue.submit("emulator/echo", { input: {} }).catch((error) => warnings.push(error.message));
        postMessage(warnings);`;
      const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
      try {
        return await new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        });
      } finally {
        worker.terminate();
      }
    }, config);

  test("a proxy that is named is used, by its path alone too", async () => {
    assert.deepEqual(await inWorker('{ proxyUrl: "/api/fal/proxy" }'), []);
    const [{ path, target }] = await until(() => client.sent("emulator/echo"));
    assert.match(target, /^https:\/\/queue\.fal\.run\/emulator\/echo/);
    assert.match(path, /^\/api\/fal\/proxy/);
  });

  test("a key is warned of as in a page", async () => {
    const [warning] = await inWorker('{ credentials: "id:secret", proxyUrl: "/api/fal/proxy" }');
    assert.match(warning, /credentials are exposed/);
  });
});
