// The errors for a proxy that is missing, redirects, hides the status, or refuses.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startClient, until } from "./support/client.mjs";
import { startRecorder } from "./support/recorder.mjs";

const ID = "04040422-5030-4290-a500-404000000404";
const REFUSED = { detail: [{ loc: ["body", "prompt"], msg: "Field required", type: "missing", input: {} }] };

let client;
let site;
/** The site's answer, by method and URL. */
let answer;
before(async () => {
  client = await startClient();
  site = await startRecorder((request) => answer(request));
});
after(async () => {
  await client?.stop();
  await site?.stop();
});
beforeEach(() => client.reset());
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

/** Makes a call in the page through a proxy at `path` of the site. Resolves with the error. */
const failure = async (call, path = "/api/fal/proxy", more = {}) => {
  await client.run((config) => fal.config({ ...config, retry: { maxRetries: 0 } }), { proxyUrl: site.url + path, ...more });
  const { thrown } = await client.run(call);
  assert.ok(thrown, "it did not reject");
  assert.ok(!thrown.message.includes(ID), thrown.message);
  return thrown;
};
const submit = () => fal.queue.submit("acme/app", { input: { prompt: "x" } });
const status = () => fal.queue.status("acme/app", { requestId: "04040422-5030-4290-a500-404000000404" });

describe("a proxy that is not there", () => {
  for (const [what, given] of [
    ["a server that knows no such path", { status: 404, body: "Cannot POST /api/fal/proxy" }],
    ["a page that says so", { status: 404, headers: { "content-type": "text/html" }, body: "<!doctype html><h1>404</h1>" }],
    ["an app that knows no such path, in JSON", { status: 404, body: { detail: "Not Found" } }],
    ["a server of files, which takes no POST", { status: 405, body: "" }],
  ]) {
    test(`is asked for by its URL: ${what}`, async () => {
      answer = () => given;
      for (const call of [submit, status]) {
        const { name, code, message } = await failure(call);
        assert.deepEqual([name, code], ["ApiError", "http"]);
        assert.ok(message.endsWith(`. Is there a proxy at ${site.url}/api/fal/proxy?`), message);
      }
    });
  }

  test("is asked for where every path is answered with the app's page", async () => {
    answer = () => ({ headers: { "content-type": "text/html" }, body: "<!doctype html><div id=root></div>" });
    const { code, message } = await failure(submit);
    assert.equal(code, "bad_response");
    assert.ok(message.endsWith(`. Is there a proxy at ${site.url}/api/fal/proxy, and no login page before it?`), message);
  });

  test("is not asked for where fal itself has answered", async () => {
    for (const body of [{ detail: 'Application "app" not found' }, { status: "NOT_FOUND" }]) {
      answer = () => ({ status: 404, body });
      const { message } = await failure(submit);
      assert.doesNotMatch(message, /proxy/);
    }
  });

  test("is not asked for by a client that has none", async () => {
    const message = await client.run(async () => {
      const fetch = async () => new Response("Not Found", { status: 404 });
      const fal = createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      return fal.queue.submit("acme/app", { input: {} }).catch((error) => error.message);
    });
    assert.doesNotMatch(message, /proxy/);
  });
});

test("a redirect that made a GET of a submit is named, with the URL that it led to", async () => {
  for (const redirect of [301, 302]) {
    answer = ({ path, method }) => {
      if (path === "/proxy") return { status: redirect, headers: { location: `/proxy/?from=${ID}` } };
      return method === "POST" ? { body: { request_id: ID, status: "IN_QUEUE" } } : { status: 405, body: { detail: "Method Not Allowed" } };
    };
    const { status, message } = await failure(submit, "/proxy");
    assert.equal(status, 405);
    assert.ok(message.includes(`. The POST was redirected to ${site.url}/proxy/, and a redirect by 301, 302 or 303 makes a GET of it`), message);
  }
});

test("a submit that a redirect by 308 leads on is sent as it was", async () => {
  answer = ({ path }) => (path === "/proxy" ? { status: 308, headers: { location: "/proxy/" } } : { body: { request_id: ID, status: "IN_QUEUE" } });
  await client.run((proxyUrl) => fal.config({ proxyUrl }), `${site.url}/proxy`);
  assert.equal((await client.run(submit)).request_id, ID);
  assert.deepEqual([site.requests.at(-1).method, site.requests.at(-1).body], ["POST", '{"prompt":"x"}']);
});

describe("a refusal that the proxy answers with 200, as fal's Express adapter does", () => {
  const isRefusal = ({ name, code, status, fieldErrors, body }) => {
    assert.deepEqual([name, code, status], ["ValidationError", "http", 422]);
    assert.deepEqual(fieldErrors, REFUSED.detail);
    assert.deepEqual(body, REFUSED);
  };

  test("of a submit or a run is a ValidationError with its fields, and no job may exist", async () => {
    answer = () => ({ body: REFUSED });
    isRefusal(await failure(submit));
    isRefusal(await failure(() => fal.run("acme/app", { input: {} })));
    const jobMayExist = await client.run(() => fal.queue.submit("acme/app", { input: {} }).catch((error) => error.jobMayExist));
    assert.equal(jobMayExist, false);
  });

  test("of a result is one, too, and the request is saved no more", async () => {
    answer = ({ method, target }) => {
      if (method === "POST") return { body: { request_id: ID, status: "IN_QUEUE" } };
      if (target.includes("/status/stream")) return { status: 404, body: "" };
      return { body: target.includes("/status") ? { status: "COMPLETED", request_id: ID } : REFUSED };
    };
    isRefusal(await failure(() => fal.subscribe("acme/app", { input: {} }), undefined, { persist: true }));
    await until(async () => (await client.run(() => fal.pending())).length === 0);
  });

  test("is no refusal where the model's output only looks alike", async () => {
    for (const body of [
      { detail: [] },
      { detail: [{ loc: ["body"], msg: "x" }] },
      { detail: [{ loc: ["scene", 1], msg: "a car", type: "object" }] },
      { ...REFUSED, video: { url: "https://v3.fal.media/x" } },
      { detail: [...REFUSED.detail, "and more"] },
    ]) {
      answer = () => ({ body });
      await client.run((proxyUrl) => fal.config({ proxyUrl }), `${site.url}/proxy`);
      const { data } = await client.run(() => fal.run("acme/app", { input: {} }));
      assert.deepEqual(data, body);
    }
  });

  test("is the model's own output where fal itself answers", async () => {
    const data = await client.run(async (refused) => {
      const fetch = async () => Response.json(refused);
      const fal = createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      return (await fal.queue.result("acme/app", { requestId: "r1" })).data;
    }, REFUSED);
    assert.deepEqual(data, REFUSED);
  });
});

test("a key that fal refuses is told in fal's words, also of an upload through a proxy that hides the status", async () => {
  answer = () => ({ body: { detail: "invalid key credentials" } });
  const { code, message } = await failure(() => fal.storage.upload(new Blob(["a"])));
  assert.equal(code, "bad_response");
  assert.match(message, /^Unexpected answer to upload: the answer names no upload_url and file_url \(it says: invalid key credentials\)\. /);
});

test("a token that a proxy refuses says what the proxy has to let pass", async () => {
  answer = () => ({ status: 400, body: "Invalid request" });
  await client.run((proxyUrl) => fal.config({ proxyUrl }), `${site.url}/proxy`);
  const error = await client.run(
    () =>
      new Promise((onError) => {
        const connection = fal.realtime.connect("acme/app", { onResult() {}, onError: ({ name, message }) => (onError({ name, message }), connection.close()) });
        connection.send({});
      }),
  );
  assert.equal(error.name, "ApiError");
  assert.match(error.message, /^No token for acme\/app\/realtime: Invalid request \(HTTP 400 from token\)\. A proxy has to let pass rest\.fal\.ai\/tokens\/ \(@fal-ai\/server-proxy: in allowedUrlPatterns\)\. Check tokenProvider, or give one$/);
});
