// The code that reads servers' answers, with hostile answers. FUZZ_CASES sets the number of cases, FUZZ_SEED repeats a run.
// `npm run fuzz` runs a million cases.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEEP, hostile, randomFrom } from "./support/hostile.mjs";
import { importSource } from "./support/source.mjs";

const cases = Number(process.env.FUZZ_CASES ?? 2_000);
const seed = Number(process.env.FUZZ_SEED ?? 4);
/** Every message is shorter, because the client cuts the service's words at 300 characters. */
const LONGEST_MESSAGE = 1_000;

/** Runs the check with many seeds. If a case fails, the error names it. */
async function everyCase(check) {
  for (let at = 0; at < cases; at++) {
    const draw = hostile(randomFrom(seed + at));
    try {
      await check(draw);
    } catch (thrown) {
      const error = /** @type {Error} */ (thrown);
      error.message = `case ${at}, alone with FUZZ_CASES=1 FUZZ_SEED=${seed + at}: ${error.message}`;
      throw error;
    }
  }
}

function checkError(error, { FalError, ValidationError }) {
  assert.ok(error instanceof FalError, `${error?.name}: ${error?.message}`);
  assert.equal(typeof error.message, "string");
  assert.ok(error.message.length > 0 && error.message.length <= LONGEST_MESSAGE, `a message of ${error.message.length}`);
  assert.equal(typeof error.requestId, "string");
  assert.equal(typeof error.isUserTimeout, error.status === undefined ? "undefined" : "boolean");
  if (!(error instanceof ValidationError)) return;
  assert.ok(Array.isArray(error.fieldErrors));
  for (const finding of error.getFieldErrors("prompt")) assert.equal(finding.loc.at(-1), "prompt");
}

test("any error body becomes an exception with a short message", async () => {
  const library = await importSource("js/errors.ts");
  await everyCase(({ below, one, json }) => {
    const facts = {
      falCode: one(["http", "http", "job_failed", "bad_response", "network"]),
      operation: "result",
      requestId: one([undefined, "r", "x".repeat(256)]),
      status: one([200, 400, 401, 422, 422, 429, 500, 504]),
      statusText: one([undefined, "", "Bad Gateway"]),
      field: one([undefined, "status", "part 7"]),
      timeoutType: one([undefined, "user"]),
      errorType: one([undefined, "runner_disconnected"]),
      cause: one([undefined, new TypeError("fetch failed")]),
      problem: one(["is not JSON", "x".repeat(65_536)]),
      body: below(2_000) ? json() : JSON.parse(DEEP),
    };
    if (facts.falCode !== "job_failed") facts.problem = "is not JSON";
    checkError(library.toError(facts), library);
  });
});

test("findings that name no field, or name it with what is no name, are errors like any other", async () => {
  const { toError } = await importSource("js/errors.ts");
  const refused = (body) => toError({ falCode: "http", operation: "run", status: 422, body });
  const wrong = [null, 7, "x", { loc: "prompt", msg: "No" }, { loc: ["body", { toString: 1 }], msg: "No" }, JSON.parse(DEEP).detail[0]];
  for (const finding of wrong) {
    assert.equal(refused({ detail: [finding] }).name, "ValidationError");
    const right = { loc: ["body", "prompt"], msg: "Too short" };
    assert.deepEqual(refused({ detail: [finding, right] }).getFieldErrors("prompt"), [right]);
  }
  assert.match(refused({ detail: [{ loc: ["body", { toString: 1 }, "a", 0], msg: "No" }] }).message, /^a\.0: No \(HTTP 422/);
});

test("a failed job's long reason is cut in the message and whole in the body", async () => {
  const { toError } = await importSource("js/errors.ts");
  const problem = "Traceback ".repeat(10_000);
  const error = toError({ falCode: "job_failed", requestId: "r", problem });
  assert.ok(error.message.length <= LONGEST_MESSAGE);
  assert.equal(error.body.detail, problem);
});

const CALLS = [
  (fal) => fal.run("acme/app", { input: {} }),
  (fal) => fal.queue.submit("acme/app", { input: {} }),
  (fal) => fal.queue.status("acme/app", { requestId: "r" }),
  (fal) => fal.queue.result("acme/app", { requestId: "r" }),
  (fal) => fal.queue.cancel("acme/app", { requestId: "r" }),
  (fal) => fal.storage.upload(new Blob(["x"])),
];
const KINDS = ["application/json", "application/json; charset=utf-8", "text/html", "text/plain", "image/png", "", "a/b;;=,"];
const STATUSES = [200, 200, 202, 400, 401, 403, 404, 422, 422, 429, 500, 502, 503, 504, 599];
/** Keeps only the characters that a header may contain. */
const asHeader = (text) => text.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 8_000);

test("any answer to any call is taken, or refused with an error that does not tell the key", async () => {
  const library = await import("../dist/index.js");
  let draw;
  const fetch = async () => {
    const { below, one, json, damaged } = draw;
    const text = () => JSON.stringify(one([json(), { status: json(), request_id: json() }, { upload_url: json(), file_url: json() }]));
    const body = damaged(below(2_000) ? text() : DEEP);
    const headers = {
      "content-type": one(KINDS),
      "retry-after": asHeader(damaged(one(["5", "Wed, 21 Oct 2026 07:28:00 GMT"]))),
      "x-fal-request-id": asHeader(damaged(one(["0b6c1d1e-6b57", "r"]))),
      "x-fal-request-timeout-type": one(["user", ""]),
    };
    return new Response(body, { status: one(STATUSES), headers });
  };
  const fal = library.createFalClient({ credentials: "id:hush", fetch, retry: { maxRetries: 0 } });
  await everyCase(async (drawn) => {
    draw = drawn;
    const error = await draw.one(CALLS)(fal).then(() => undefined, (error) => error);
    if (error === undefined) return;
    checkError(error, library);
    assert.doesNotMatch(`${error.message} ${error.stack} ${error.cause} ${error.requestId}`, /hush/);
  });
});
