// The messages of errors. Programs search messages for words and numbers, so some must be there and others must not.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

/** An id whose digits look like HTTP statuses. Programs that search messages for a status must not find one in the id. */
const ID = "04040422-5030-4290-a500-404000000404";
const ENDPOINT = "acme/app";

let library;
before(async () => (library = await import("../dist/index.js")));

const client = (fetch, more) => library.createFalClient({ credentials: "id:secret", retry: { maxRetries: 0 }, fetch, ...more });
const failure = (promise) => promise.then(() => assert.fail("it resolved"), (error) => error);
const json = (body, init) => async () => Response.json(body, init);
const failWith = (message) => async () => {
  throw new TypeError(message);
};
const text = (body, type) => async () => new Response(body, { headers: { "content-type": type } });

/** A `fetch` that answers submits itself, and passes every later call to `answer`. */
const afterSubmit = (answer) => async (url, init) =>
  init.method === "POST" ? Response.json({ status: "IN_QUEUE", request_id: ID }) : answer(url, init);
/** A `fetch` that plays a queue in which the job has ended. `result` is the answer to the result request. */
const completed = (status, result) =>
  afterSubmit(async (url) => (url.includes("/status") ? Response.json({ status: "COMPLETED", request_id: ID, ...status }) : result()));

describe("a request id is in `requestId`, and in no message", () => {
  const polling = { input: {}, mode: "polling" };
  const cases = {
    "a status that is not known": () => client(json({ detail: "Request not found" }, { status: 404 })).queue.status(ENDPOINT, { requestId: ID }),
    "words of the service that name it": () => client(json({ detail: `Request ${ID} not found` }, { status: 404 })).queue.result(ENDPOINT, { requestId: ID }),
    "a lost connection": () => client(failWith("Failed to fetch")).queue.result(ENDPOINT, { requestId: ID }),
    "a failure of fetch that quotes the URL": () =>
      client(failWith(`request to https://queue.fal.run/acme/app/requests/${ID} failed`)).queue.result(ENDPOINT, { requestId: ID }),
    "a page in place of a status": () => client(text("<h1>Sign in</h1>", "application/json")).queue.status(ENDPOINT, { requestId: ID }),
    "a refused cancel": () => client(json({ detail: "No" }, { status: 403 })).queue.cancel(ENDPOINT, { requestId: ID }),
    "a failed result": () => client(completed({}, json({ detail: [{ loc: ["body", "prompt"], msg: "No", type: "x" }] }, { status: 422 }))).subscribe(ENDPOINT, polling),
    "a job that failed": () => client(completed({ error: `${ID} crashed` }, json({}))).subscribe(ENDPOINT, polling),
    "a timeout": () => client(afterSubmit((_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))))).subscribe(ENDPOINT, { ...polling, timeout: 50 }),
    "a request that is not noted": () => client(json({}), { persist: { list: async () => [], put: async () => {}, delete: async () => {} } }).resume(ID),
  };
  for (const [what, call] of Object.entries(cases)) {
    test(what, async () => {
      const error = await failure(call());
      assert.equal(error.requestId, ID);
      assert.ok(!error.message.includes(ID), error.message);
      assert.ok(error.message.length > 10, error.message);
    });
  }

  test("an id that cannot be right is not quoted either", async () => {
    const error = await failure(client(json({})).queue.status(ENDPOINT, { requestId: `../${ID}` }));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /^requestId: must be the request_id that submit returned, got a text of 39 characters$/);
    const missing = await failure(client(json({})).queue.status(ENDPOINT, {}));
    assert.match(missing.message, /, got undefined$/);
  });

  test("a request that is followed already", async () => {
    const entry = { endpointId: ENDPOINT, requestId: ID, submittedAt: Date.now() };
    const never = client(() => new Promise(() => {}), { persist: { list: async () => [entry], put: async () => {}, delete: async () => {} } });
    const controller = new AbortController();
    const first = failure(never.resume(entry, { abortSignal: controller.signal }));
    const error = await failure(never.resume(entry));
    controller.abort();
    await first;
    assert.deepEqual([error.code, error.requestId, error.message.includes(ID)], ["in_use", ID, false]);
  });
});

test("errors keep their classes' names, whatever the code went through", async () => {
  const error = await failure(client(json({ detail: "No" }, { status: 422 })).run(ENDPOINT, { input: {} }));
  assert.equal(error.constructor.name, "ValidationError");
  const { ApiError, FalError, SubmitUncertainError, ValidationError } = library;
  assert.deepEqual([ApiError, FalError, SubmitUncertainError, ValidationError].map(({ name }) => name), ["ApiError", "FalError", "SubmitUncertainError", "ValidationError"]);
  const stream = await client(text('data: {"n":1}\n\n', "text/event-stream")).stream(ENDPOINT, { input: {} });
  assert.equal(stream.constructor.name, "FalStream");
  // A subclass of the caller keeps its own name.
  class Mine extends ApiError {}
  assert.equal(Mine.name, "Mine");
});

describe("`Nothing was submitted` is said of what submits, and of nothing else", () => {
  const fal = () => client(json({}));
  for (const [what, call, isSaid] of /** @type {[string, () => Promise<unknown>, boolean][]} */ ([
    ["submit", () => fal().queue.submit("nope", { input: {} }), true],
    ["subscribe", () => fal().subscribe(ENDPOINT, { input: {}, files: "later" }), true],
    ["run", () => fal().run(ENDPOINT, { input: {}, startTimeout: 0 }), true],
    ["stream", () => fal().stream("nope", { input: {} }).then((stream) => stream.done()), true],
    ["upload", () => fal().storage.upload(42), false],
    ["upload of a part size that cannot be", () => fal().storage.upload(new Blob(["x"]), { partSize: 1 }), false],
    ["status", () => fal().queue.status(ENDPOINT, { requestId: "" }), false],
    ["cancel", () => fal().queue.cancel("nope", { requestId: ID }), false],
    ["a middleware that breaks when the request is in the queue", () => {
      const requestMiddleware = async (request) => (request.method === "POST" ? request : {});
      return client(completed({}, json({})), { requestMiddleware }).subscribe(ENDPOINT, { input: {}, mode: "polling" });
    }, false],
  ])) {
    test(what, async () => {
      const error = await failure(call());
      assert.equal(error.code, "invalid_argument");
      assert.equal(error.message.includes("Nothing was submitted"), isSaid, error.message);
    });
  }
});

describe("a connection that is lost", () => {
  const cut = (contentType) => async () => {
    const body = new ReadableStream({
      /** @this {{ isBegun?: boolean }} */
      pull(controller) {
        if (this.isBegun) controller.error(new TypeError("network error"));
        else controller.enqueue(new TextEncoder().encode('data: {"status":"IN_QUEUE"}\n\n'));
        this.isBegun = true;
      },
    });
    return new Response(body, { headers: { "content-type": contentType, "x-fal-request-id": ID } });
  };

  test("while a model streams: there is no result to fetch, and none is promised", async () => {
    const stream = await client(cut("text/event-stream")).stream(ENDPOINT, { input: {} });
    const error = await failure(stream.done());
    assert.deepEqual([error.code, error.requestId], ["network", ID]);
    assert.equal(error.message, "No answer to stream: network error");
  });

  test("while a request is followed: its result can be fetched", async () => {
    const stream = await client(cut("text/event-stream")).queue.streamStatus(ENDPOINT, { requestId: ID });
    const error = await failure(stream.done());
    assert.match(error.message, /^No answer to stream: network error\. The job may still be running: /);
  });
});

describe("an option of the configuration that does not exist", () => {
  /** Calls a client with this configuration, and returns the warnings in the console. */
  async function warnings(config, calls = 1) {
    const { warn } = console;
    const said = [];
    console.warn = (text) => said.push(text);
    try {
      const queue = client(json({ status: "IN_QUEUE", request_id: ID }), config).queue;
      for (let call = 0; call < calls; call += 1) await queue.status(ENDPOINT, { requestId: ID });
    } finally {
      console.warn = warn;
    }
    return said;
  }

  test("is named once, with the one that was meant", async () => {
    const said = await warnings({ proxyURL: "/api/fal/proxy", retries: 3 }, 2);
    assert.deepEqual(said, ["fal.config has no option proxyURL, which is ignored: write proxyUrl.", "fal.config has no option retries, which is ignored."]);
  });

  test("is not spoken of where all of them exist", async () => {
    const whole = { suppressLocalCredentialsWarning: true, files: "auto", validate: false, persist: false, retry: {}, responseHandler: undefined };
    assert.deepEqual(await warnings(whole), []);
  });
});

describe("a request that nobody answers names the server", () => {
  const SECRET = "hidden-0123";
  const lost = failWith("Failed to fetch");
  /** An upload whose upload URL does not answer. */
  const upload = async (_, init) => {
    if (init.method === "POST") return Response.json({ upload_url: `https://store.example/${SECRET}/a?sig=${SECRET}`, file_url: "https://v3.fal.media/a" });
    throw new TypeError("Failed to fetch");
  };
  const toProxy = async (request) => ({ ...request, url: `https://app.example/fal/proxy?session=${SECRET}#${SECRET}` });
  const ofRequest = async (request) => ({ ...request, url: `https://app.example/jobs/${ID}` });
  const cases = /** @type {[string, () => Promise<any>, string][]} */ ([
    ["fal's own, by its host", () => client(lost).queue.status(ENDPOINT, { requestId: ID }), "No answer to status from queue.fal.run: Failed to fetch."],
    ["an upload URL's, by its host", () => client(upload).storage.upload(new Blob(["x"])), "No answer to upload from store.example: Failed to fetch"],
    ["the proxy, by its URL", () => client(lost, { requestMiddleware: toProxy }).run(ENDPOINT, { input: {} }), "No answer to run from https://app.example/fal/proxy: Failed to fetch."],
    ["a route of the caller's, without the request id", () => client(lost, { requestMiddleware: ofRequest }).queue.status(ENDPOINT, { requestId: ID }), "No answer to status from https://app.example/jobs/…: Failed to fetch."],
  ]);
  for (const [what, call, beginning] of cases) {
    test(what, async () => {
      const { code, message } = await failure(call());
      assert.ok(code === "network" && message.startsWith(beginning), message);
      assert.ok(!message.includes(SECRET), message);
    });
  }
});

test("a browser's or a service's own full stop is not followed by another", async () => {
  const firefox = "NetworkError when attempting to fetch resource.";
  for (const call of [
    () => client(failWith(firefox)).queue.status(ENDPOINT, { requestId: ID }),
    () => client(failWith(firefox)).queue.submit(ENDPOINT, { input: {} }),
    () => client(json({ detail: "The service is down." }, { status: 503 })).queue.submit(ENDPOINT, { input: {} }),
    () => client(json({ detail: "Not like this." })).queue.submit(ENDPOINT, { input: {} }),
  ]) {
    const { message } = await failure(call());
    assert.doesNotMatch(message, /\.\./);
  }
});
