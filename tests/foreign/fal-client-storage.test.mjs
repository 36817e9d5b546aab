// The official JavaScript client against the emulator: uploads, whole and in parts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, createFalClient } from "@fal-ai/client";
import { DISTILL, KEY, STRICT } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { blocks, digest, secondsLeft, stored } from "./support/files.mjs";
import { withOfficialClient } from "./support/official.mjs";
import { fetchFrom } from "./support/redirect.mjs";

/** The client sends files of up to 90 MiB in one piece. This is one MiB more. */
const LARGE = 91;

let emulator;
let fal;
withOfficialClient(STRICT, (started) => ({ emulator, fal } = started));

const file = (pieces, name, type) => new File(pieces, name, { type });
const sent = async (method, part) =>
  (await emulator.requests()).filter((request) => request.method === method && (request.target ?? request.path).includes(part));

test("a small file is stored with its type and lifetime, by a URL that needs no key", async () => {
  const url = await fal.storage.upload(file(["Hello, World!"], "hello.txt", "text/plain"), { lifecycle: { expiresIn: "1h" } });
  assert.match(url, /hello\.txt$/);
  const { digest: hash, headers } = await stored(url);
  assert.equal(hash, digest(["Hello, World!"]));
  assert.match(headers.get("content-type") ?? "", /^text\/plain/);
  const left = await secondsLeft(url);
  assert.ok(left > 3500 && left <= 3600, `${left} s left`);
  const [put] = await sent("PUT", "/files/");
  assert.equal(put.headers.authorization, undefined);
});

test("files deep in an input are stored before the job is submitted", async () => {
  const image = new Blob(["pixels"], { type: "image/png" });
  await fal.queue.submit(DISTILL, { input: { deep: [{ image }], prompt: 1 } });
  const [submit] = await sent("POST", DISTILL);
  assert.equal((await stored(submit.body.deep[0].image)).digest, digest(["pixels"]));
});

test("a file of more than 90 MiB is stored in parts, one of them at the second attempt", async () => {
  const pieces = blocks(LARGE);
  await emulator.fault({ method: "PUT", path_contains: "/3?", times: 1, status: 500, body: { detail: "lost" } });
  const url = await fal.storage.upload(file(pieces, "large.bin", "application/octet-stream"));
  const { bytes, digest: hash } = await stored(url);
  assert.equal(bytes, LARGE << 20);
  assert.equal(hash, digest(pieces));
  const parts = await sent("PUT", "/files/");
  assert.deepEqual(parts.map(({ path }) => Number(path.split("/").at(-1))), [1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]);
  const [complete] = await sent("POST", "/complete");
  assert.deepEqual(complete.body.parts.map(({ partNumber }) => partNumber), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.ok(complete.body.parts.every(({ etag }) => etag.length > 0));
});

test("an upload that was initiated may not be sent to another file's URL", async () => {
  const calls = fetchFrom(emulator.url);
  const stray = (input, init) => calls(String(input).replace(/(signature=).../, "$1000"), init);
  const client = createFalClient({ credentials: KEY, fetch: stray });
  const error = await failure(client.storage.upload(file(["x"], "x.txt", "text/plain")));
  assert.ok(error instanceof ApiError);
  assert.equal(error.status, 403);
});

test("an upload that is refused says why, and sends no bytes", async () => {
  const detail = "User is locked. Reason: Exhausted balance.";
  await emulator.fault({ path_contains: "initiate", times: 1, status: 403, body: { detail } });
  const error = await failure(fal.storage.upload(file(["x"], "x.txt", "text/plain")));
  assert.deepEqual([error.status, error.body], [403, { detail }]);
  assert.deepEqual(await sent("PUT", ""), []);
});
