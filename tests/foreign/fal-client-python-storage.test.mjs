// The official Python client against the emulator: uploads to the CDN, whole and in parts.
import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { startEmulator } from "../support/emulator.mjs";
import { STRICT } from "./support/endpoints.mjs";
import { blocks, digest, secondsLeft, stored } from "./support/files.mjs";
import { startPython } from "./support/python.mjs";

/** The client sends files of up to 100 MiB in one piece. This is one MiB more. */
const LARGE = 101;

let emulator;
let python;
before(async () => {
  emulator = await startEmulator({ args: STRICT });
  python = await startPython(emulator);
});
after(async () => {
  await python?.stop();
  await emulator?.stop();
});
beforeEach(async () => {
  await emulator.clearFaults();
  await emulator.clearRequests();
});

const sent = async (method, part) =>
  (await emulator.requests()).filter((request) => request.method === method && (request.target ?? request.path).includes(part));

test("a small file is stored with its name, type and lifetime, by a token of the CDN's", async () => {
  const life = { expires_in: "1h" };
  const url = await python.value("upload", { text: "Hello, World!", content_type: "text/plain", file_name: "hello.txt", life });
  const { digest: hash, headers } = await stored(url);
  assert.equal(hash, digest(["Hello, World!"]));
  assert.match(url, /hello\.txt$/);
  assert.match(headers.get("content-type") ?? "", /^text\/plain/);
  const left = await secondsLeft(url);
  assert.ok(left > 3500 && left <= 3600, `${left} s left`);
  const [direct] = await sent("POST", "v3.fal.media/files/upload");
  assert.equal(direct.headers["x-fal-file-name"], "hello.txt");
});

test("rules for some readers leave the lifetime as it was asked for", async () => {
  const life = { expires_in: 600, rules: [["acme", "allow"]] };
  const url = await python.value("upload", { text: "x", content_type: "text/plain", life });
  const left = await secondsLeft(url);
  assert.ok(left > 500 && left <= 600, `${left} s left`);
});

test("a hidden file looks as if it were not there", async () => {
  const url = await python.value("upload", { text: "x", content_type: "text/plain", life: { default: "hide" } });
  assert.equal((await fetch(url)).status, 404);
});

test("one token serves several files", async () => {
  const urls = await python.value("upload_many", { texts: ["a", "b", "c"] });
  const hashes = await Promise.all(urls.map(async (url) => (await stored(url)).digest));
  assert.deepEqual(hashes, ["a", "b", "c"].map((text) => digest([text])));
  assert.equal((await sent("POST", "/storage/auth/token")).length, 1);
});

test("a file of more than 100 MiB is stored in parts, ten at a time", async () => {
  const pieces = blocks(LARGE);
  const large = path.join(python.folder, "large.bin");
  const handle = await open(large, "w");
  await handle.writev(pieces);
  await handle.close();
  const url = await python.value("upload_file", { path: large });
  const { bytes, digest: hash } = await stored(url);
  assert.equal(bytes, LARGE << 20);
  assert.equal(hash, digest(pieces));
  const numbers = (await sent("PUT", "/multipart/")).map(({ target, path }) => Number((target ?? path).split("/").at(-1)));
  assert.deepEqual(numbers.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("a storage that is no more is refused by its name", async () => {
  const refused = await python.error("upload", { text: "x", content_type: "text/plain", repository: "fal" });
  assert.deepEqual([refused.status_code, refused.message], [400, "Invalid storage type"]);
});
