// fal-wasm/webhook: the webhooks that it accepts, and those that it refuses, with the reason. Some are signed with keys of the
// tests' own, which a server of the tests publishes. Others are signed by the emulator.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createFalClient } from "fal-wasm";
import { WebhookError, verifyWebhook } from "fal-wasm/webhook";
import { launchBrowser } from "./support/browser.mjs";
import { BLANK_PAGE, startEmulator } from "./support/emulator.mjs";
import { deliver, makeKey, serveHttp } from "./support/webhooks.mjs";

const OK = { request_id: "r1", gateway_request_id: "r1", status: "OK", payload: { video: { url: "https://a.b/c.mp4" } } };
const FAILED = { request_id: "r1", gateway_request_id: "r1", status: "ERROR", error: "Invalid status code: 422", payload: { detail: [{ msg: "no" }] } };
const SECRET = "s3cret";

const key = makeKey();
const keys = { keys: [{ kty: "OKP", crv: "Ed25519", x: key.x }] };
const request = ({ headers, body }) => new Request("https://app.test/hook", { method: "POST", headers, body });

/** @typedef {{ headers: any, body: any }} Delivery */

/**
 * Resolves with the error of a verification that must fail. Checks the form that all these errors have.
 * @param {any} given
 * @param {import("fal-wasm/webhook").VerifyWebhookOptions} options
 * @returns {Promise<WebhookError & { cause?: any }>}
 */
async function refusal(given, options = { keys }) {
  const error = await verifyWebhook(given, options).then(() => assert.fail("it was taken"), (error) => error);
  assert.ok(error instanceof WebhookError, String(error?.stack));
  assert.deepEqual([error.name, error.constructor.name, typeof error.status], ["WebhookError", "WebhookError", "number"]);
  assert.ok(!error.message.includes(SECRET) && error.message.length < 300, error.message);
  return error;
}

describe("verifyWebhook gives the body", () => {
  for (const [form, given] of /** @type {[string, (delivery: Delivery) => any][]} */ ([
    ["a Fetch request", request],
    ["headers and a text", (it) => it],
    ["headers and a buffer, as Express gives them", ({ headers, body }) => ({ headers, body: Buffer.from(body) })],
    ["headers and bytes within a larger buffer", ({ headers, body }) => ({ headers, body: new Uint8Array(Buffer.from(`__${body}__`)).subarray(2, 2 + Buffer.byteLength(body)) })],
    ["headers and an ArrayBuffer", ({ headers, body }) => ({ headers: new Headers(headers), body: new TextEncoder().encode(body).buffer })],
    ["headers in the spelling of fal's documents", ({ headers, body }) => ({ headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replaceAll(/(?<=^|-)\w/g, (c) => c.toUpperCase()), value])), body })],
    ["headers as lists", ({ headers, body }) => ({ headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])), body })],
  ])) {
    test(`of ${form}`, async () => {
      assert.deepEqual(await verifyWebhook(given(deliver(key, OK)), { keys }), OK);
    });
  }

  test("of a failed job, with its error", async () => {
    assert.deepEqual(await verifyWebhook(deliver(key, FAILED), { keys }), FAILED);
  });

  test("of a job whose result is not JSON", async () => {
    const webhook = { ...OK, payload: null, payload_error: "fetch it from the queue" };
    assert.deepEqual(await verifyWebhook(deliver(key, webhook), { keys }), webhook);
  });

  test("with letters of every script", async () => {
    const webhook = { ...OK, payload: { text: "Grüße 🎬 مرحبا" } };
    assert.deepEqual(await verifyWebhook(request(deliver(key, webhook)), { keys }), webhook);
  });

  test("if any of several keys has signed it", async () => {
    /** @type {any} */
    const many = { keys: [{ x: makeKey().x }, { kty: "RSA", x: key.x }, { x: "short" }, {}, null, { x: `${key.x}=` }] };
    assert.deepEqual(await verifyWebhook(deliver(key, OK), { keys: many }), OK);
  });
});

describe("verifyWebhook refuses", () => {
  for (const name of ["request-id", "user-id", "timestamp", "signature"]) {
    for (const value of [undefined, ""]) {
      test(`a request ${value === undefined ? "without" : "with an empty"} x-fal-webhook-${name}`, async () => {
        const { headers, body } = deliver(key, OK);
        const { reason, status, message } = await refusal({ headers: { ...headers, [`x-fal-webhook-${name}`]: value }, body });
        assert.deepEqual([reason, status], ["missing_header", 401]);
        assert.match(message, new RegExp(name));
      });
    }
  }

  for (const [what, change] of /** @type {[string, (delivery: Delivery) => Delivery][]} */ ([
    ["another request id", ({ headers, body }) => ({ headers: { ...headers, "x-fal-webhook-request-id": "r2" }, body })],
    ["another user id", ({ headers, body }) => ({ headers: { ...headers, "x-fal-webhook-user-id": SECRET }, body })],
    ["another timestamp", ({ headers, body }) => ({ headers: { ...headers, "x-fal-webhook-timestamp": String(Number(headers["x-fal-webhook-timestamp"]) + 1) }, body })],
    ["another body", ({ headers, body }) => ({ headers, body: body.replace("c.mp4", `${SECRET}.mp4`) })],
    ["a space more in the body", ({ headers, body }) => ({ headers, body: `${body} ` })],
    ["a signature of another key", ({ body }) => ({ headers: deliver(makeKey(), OK).headers, body })],
    ["one bit more in the signature", ({ headers, body }) => ({ headers: { ...headers, "x-fal-webhook-signature": headers["x-fal-webhook-signature"].replace(/.$/, (c) => (parseInt(c, 16) ^ 1).toString(16)) }, body })],
    ["two signatures", ({ headers, body }) => ({ headers: { ...headers, "x-fal-webhook-signature": "00".repeat(64) }, body })],
  ])) {
    test(`a delivery with ${what}`, async () => {
      const { reason, status } = await refusal(change(deliver(key, OK)));
      assert.deepEqual([reason, status], ["bad_signature", 401]);
    });
  }

  for (const [what, name, value] of /** @type {[string, string, any][]} */ ([
    ["a timestamp in words", "timestamp", "now"],
    ["a timestamp below zero", "timestamp", "-5"],
    ["a timestamp of a thousand digits", "timestamp", "9".repeat(1000)],
    ["a signature in base64", "signature", Buffer.alloc(64).toString("base64")],
    ["a signature of 63 bytes", "signature", "ab".repeat(63)],
    ["signatures in a list", "signature", ["ab".repeat(64), "ab".repeat(64)]],
  ])) {
    test(what, async () => {
      const { headers, body } = deliver(key, OK);
      assert.equal((await refusal({ headers: { ...headers, [`x-fal-webhook-${name}`]: value }, body })).reason, "bad_header");
    });
  }

  test("a delivery from outside of 300 s by the clock, and none within them", async () => {
    const delivery = deliver(key, OK, { seconds: 1_700_000_000 });
    const at = (seconds) => ({ keys, now: () => seconds * 1000 });
    for (const seconds of [-300, 0, 300, 300.9]) assert.deepEqual(await verifyWebhook(delivery, at(1_700_000_000 + seconds)), OK);
    assert.equal((await refusal(delivery, at(1_700_000_301))).reason, "too_old");
    assert.equal((await refusal(delivery, at(1_699_999_699))).reason, "too_new");
    assert.equal((await refusal(delivery, at(NaN))).reason, "too_old");
    assert.equal((await refusal(delivery)).reason, "too_old");
  });

  test("a body that was read or parsed before, and says what to do", async () => {
    const delivery = deliver(key, OK);
    const read = request(delivery);
    await read.text();
    for (const [given, advice] of /** @type {[any, RegExp][]} */ ([
      [read, /was read before/],
      [{ ...delivery, body: JSON.parse(delivery.body) }, /express\.raw/],
      [{ ...delivery, body: undefined }, /express\.raw/],
    ])) {
      const { reason, status, message } = await refusal(given);
      assert.deepEqual([reason, status], ["bad_body", 400]);
      assert.match(message, advice);
    }
  });

  test("a body whose connection is lost", async () => {
    const { headers } = deliver(key, OK);
    const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) });
    /** @type {RequestInit & { duplex: "half" }} */
    const init = { method: "POST", headers, body, duplex: "half" };
    const { reason, cause } = await refusal(new Request("https://app.test/", init));
    assert.deepEqual([reason, cause.message], ["bad_body", "terminated"]);
  });

  for (const [what, payload] of /** @type {[string, unknown][]} */ ([
    ["is not JSON", `${SECRET}: {`],
    ["is JSON, but no object", "7"],
    ["is null", "null"],
    ["has no request id", { ...OK, request_id: undefined }],
    ["has an unknown status", { ...OK, status: "MAYBE" }],
    ["has failed without an error", { ...FAILED, error: undefined }],
  ])) {
    test(`a body that ${what}, though fal signed it`, async () => assert.equal((await refusal(deliver(key, payload))).reason, "bad_body"));
  }

  for (const [what, set] of /** @type {[string, any][]} */ ([["no key", { keys: [] }], ["no list", {}], ["keys of another kind only", { keys: [{ kty: "RSA", x: key.x }] }]])) {
    test(`all if the given set has ${what}`, async () => assert.equal((await refusal(deliver(key, OK), { keys: set })).reason, "no_keys"));
  }
});

describe("a runtime", () => {
  const withCrypto = async (crypto, work) => {
    const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
    Object.defineProperty(globalThis, "crypto", { value: crypto, configurable: true });
    try {
      return await work();
    } finally {
      if (own) Object.defineProperty(globalThis, "crypto", own);
    }
  };

  for (const [what, crypto] of /** @type {[string, any][]} */ ([
    ["whose WebCrypto has no Ed25519", { subtle: { digest: () => new ArrayBuffer(32), importKey: () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError")) } }],
    ["without WebCrypto", undefined],
    ["whose page is not secure", {}],
  ])) {
    test(`${what} is named in the error, which blames no request`, async () => {
      const { reason, status, message } = await withCrypto(crypto, () => refusal(deliver(key, OK), { keys: { keys: [{ x: key.x }] } }));
      assert.deepEqual([reason, status], ["unsupported", 500]);
      assert.match(message, /Ed25519|WebCrypto/);
    });
  }
});

describe("fal's keys", () => {
  let server;
  let fetches;
  let answer;
  let jwksUrl;
  let sets = 0;
  before(async () => {
    server = await serveHttp(async ({ url, headers }) => {
      fetches.push({ url, accept: headers.accept });
      return answer();
    });
  });
  after(() => server?.stop());
  beforeEach(() => {
    fetches = [];
    // Each test uses a URL of its own, because key sets are cached by URL.
    jwksUrl = `${server.url}/${(sets += 1)}/jwks.json`;
    publish(key);
  });

  const publish = (...published) => (answer = () => [200, JSON.stringify({ keys: published.map(({ x }) => ({ kty: "OKP", crv: "Ed25519", x })) })]);
  const START = 1_700_000_000;
  /**
   * A delivery that was signed at `seconds` after START, and options with a clock at the same moment.
   * @returns {[Delivery, import("fal-wasm/webhook").VerifyWebhookOptions]}
   */
  const at = (seconds, by = key) => [deliver(by, OK, { seconds: START + seconds }), { jwksUrl, now: () => (START + seconds) * 1000 }];

  test("are fetched once for calls at the same time, and for those that follow", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => verifyWebhook(...at(0))));
    assert.deepEqual(all[19], OK);
    await verifyWebhook(...at(3600));
    assert.deepEqual(fetches, [{ url: new URL(jwksUrl).pathname, accept: "application/json" }]);
  });

  test("are fetched again after a day, and not used if that fails", async () => {
    await verifyWebhook(...at(0));
    await verifyWebhook(...at(86_399));
    assert.equal(fetches.length, 1);
    answer = () => [503];
    assert.equal((await refusal(...at(86_400))).reason, "no_keys");
    publish(key);
    await verifyWebhook(...at(86_410));
    assert.equal(fetches.length, 3);
  });

  test("are fetched again if the clock went back", async () => {
    await verifyWebhook(...at(0));
    await verifyWebhook(...at(-10));
    assert.equal(fetches.length, 2);
  });

  test("are fetched again for a signature of a new key", async () => {
    await verifyWebhook(...at(0));
    const next = makeKey();
    publish(key, next);
    assert.deepEqual(await verifyWebhook(...at(60, next)), OK);
    assert.deepEqual(await verifyWebhook(...at(61, next)), OK);
    assert.deepEqual(await verifyWebhook(...at(62)), OK);
    assert.equal(fetches.length, 2);
  });

  test("are fetched for forged signatures once a minute at most", async () => {
    const forger = makeKey();
    for (let seconds = 0; seconds < 180; seconds += 10) assert.equal((await refusal(...at(seconds, forger))).reason, "bad_signature");
    assert.equal(fetches.length, 3);
  });

  test("that cannot be fetched for an unknown signature leave the known ones in use", async () => {
    await verifyWebhook(...at(0));
    answer = () => [500];
    assert.equal((await refusal(...at(100, makeKey()))).reason, "bad_signature");
    assert.deepEqual(await verifyWebhook(...at(101)), OK);
  });

  for (const [what, bad, why] of /** @type {[string, any, RegExp][]} */ ([
    ["an HTTP error", [500, "no"], /HTTP 500/],
    ["a page in place of them", [200, "<!doctype html>"], /JSON/],
    ["a redirect, which is not followed", [302, "", { location: "/elsewhere" }], /fetched/],
    ["an empty set", [200, '{"keys":[]}'], /no Ed25519 key/],
    ["a set that is none", [200, "null"], /no Ed25519 key/],
    ["keys of another kind", [200, JSON.stringify({ keys: [{ kty: "EC", crv: "P-256", x: key.x }] })], /no Ed25519 key/],
  ])) {
    test(`of which the answer is ${what}: no webhook is taken, and the next try is 5 s later`, async () => {
      answer = () => bad;
      const { reason, status, message } = await refusal(...at(0));
      assert.deepEqual([reason, status], ["no_keys", 503]);
      assert.match(message, why);
      publish(key);
      assert.equal((await refusal(...at(4))).reason, "no_keys");
      assert.equal(fetches.length, 1);
      assert.deepEqual(await verifyWebhook(...at(5)), OK);
    });
  }

  test("that nobody serves: no webhook is taken", async () => {
    const [delivery, options] = at(0);
    const { reason, cause } = await refusal(delivery, { ...options, jwksUrl: "http://127.0.0.1:9/jwks.json" });
    assert.deepEqual([reason, cause instanceof TypeError], ["no_keys", true]);
  });

  test("that do not come within 10 s: no webhook is taken, and the next try is a new one", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    answer = () => new Promise(() => {});
    const late = refusal(...at(0));
    while (fetches.length === 0) await new Promise(setImmediate);
    t.mock.timers.tick(9_999);
    await new Promise(setImmediate);
    t.mock.timers.tick(1);
    const { reason, message } = await late;
    assert.deepEqual([reason, message], ["no_keys", "fal's keys could not be fetched: no answer within 10 s"]);
    publish(key);
    assert.deepEqual(await verifyWebhook(...at(5)), OK);
    assert.equal(fetches.length, 2);
  });

  test("come from fal's own URL unless the options say otherwise", async (t) => {
    const asked = [];
    t.mock.method(globalThis, "fetch", async (url) => {
      asked.push(String(url));
      return Response.json({ keys: [{ x: key.x }] });
    });
    assert.deepEqual(await verifyWebhook(deliver(key, OK)), OK);
    assert.deepEqual(asked, ["https://rest.fal.ai/.well-known/jwks.json"]);
  });

  test("are not fetched for a request that is refused before", async () => {
    const [{ headers, body }, options] = at(0);
    await refusal({ headers: {}, body }, options);
    await refusal({ headers, body }, { ...options, now: Date.now });
    await refusal({ headers, body: {} }, options);
    assert.deepEqual(fetches, []);
  });
});

describe("the emulator's webhooks", () => {
  let emulator;
  let hook;
  let deliveries;
  let waiting = [];
  let fal;
  before(async () => {
    emulator = await startEmulator();
    hook = await serveHttp(async ({ headers }, body) => {
      deliveries.push({ headers, body });
      waiting.forEach((resolve) => resolve());
      return [204];
    });
    fal = createFalClient({ proxyUrl: { url: `${emulator.url}/api/fal/proxy`, when: "always" } });
  });
  after(async () => {
    await hook?.stop();
    await emulator?.stop();
  });
  beforeEach(() => (deliveries = []));

  const options = () => ({ jwksUrl: `${emulator.url}/rest.fal.ai/.well-known/jwks.json` });

  /** Submits a job. Resolves with its request id and the webhook that the emulator delivers for it. */
  async function deliveryOf(endpointId, input) {
    const delivered = new Promise((resolve) => (waiting = [resolve]));
    const { request_id: requestId } = await fal.queue.submit(endpointId, { input, webhookUrl: `${hook.url}/hook`, validate: false });
    await delivered;
    return { requestId, delivery: deliveries[0] };
  }

  test("are taken: a result", async () => {
    const { requestId, delivery } = await deliveryOf("fal-ai/kandinsky5-pro/text-to-video", { prompt: "a quiet sea" });
    const webhook = await verifyWebhook(delivery, options());
    assert.deepEqual([webhook.request_id, webhook.status], [requestId, "OK"]);
    assert.match(webhook.payload.video.url, /\.mp4$/);
    assert.deepEqual(await verifyWebhook(request({ ...delivery, headers: new Headers(Object.entries(delivery.headers).filter(([name]) => name.startsWith("x-fal"))) }), options()), webhook);
  });

  test("are taken: a failure", async () => {
    const { requestId, delivery } = await deliveryOf("fal-ai/kandinsky5-pro/text-to-video", {});
    const webhook = await verifyWebhook(delivery, options());
    assert.deepEqual([webhook.request_id, webhook.status, webhook.error], [requestId, "ERROR", "Invalid status code: 422"]);
    assert.equal(webhook.payload.detail[0].type, "missing");
  });

  test("are refused when they were changed, are old, or are another server's", async () => {
    const { delivery } = await deliveryOf("fal-ai/kandinsky5-pro/text-to-video", { prompt: "a quiet sea" });
    assert.equal((await refusal({ ...delivery, body: Buffer.from(String(delivery.body).replace('"OK"', '"ok"')) }, options())).reason, "bad_signature");
    assert.equal((await refusal(delivery, { ...options(), now: () => Date.now() + 3_600_000 })).reason, "too_old");
    assert.equal((await refusal(delivery, { keys })).reason, "bad_signature");
  });

  test("are verified in a page and in a worker, too", async (t) => {
    const { delivery } = await deliveryOf("fal-ai/kandinsky5-pro/text-to-video", { prompt: "a quiet sea" });
    const browser = await launchBrowser();
    t.after(() => browser.close());
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${emulator.url}${BLANK_PAGE}`);
    const given = { headers: delivery.headers, body: String(delivery.body) };
    const verifyBoth = async (/** @type {any[]} */ [given, options, library]) => {
      const { verifyWebhook } = await import(library);
      const forged = { ...given, body: `${given.body} ` };
      return [(await verifyWebhook(given, options)).status, await verifyWebhook(forged, options).catch(({ reason }) => reason)];
    };
    const args = [given, options(), `${emulator.url}/fal-wasm/webhook.js`];
    assert.deepEqual(await page.evaluate(verifyBoth, args), ["OK", "bad_signature"]);
    const inWorker = (/** @type {any[]} */ [verifyBoth, args]) =>
      new Promise((resolve, reject) => {
        const script = `(${verifyBoth})(${JSON.stringify(args)}).then(postMessage, (error) => postMessage(String(error)))`;
        const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      });
    assert.deepEqual(await page.evaluate(inWorker, [String(verifyBoth), args]), ["OK", "bad_signature"]);
  });
});
