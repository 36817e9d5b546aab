// The package as npm would publish it: what is in it, what its types say, and that the page's
// and the README's snippets are programs for the official client.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
let folder;
let installed;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-package-"));
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root, encoding: "utf8" });
  const modules = path.join(folder, "node_modules");
  mkdirSync(modules);
  execFileSync("tar", ["xzf", path.join(folder, packed.trim()), "-C", modules]);
  installed = path.join(modules, "fal-wasm");
  execFileSync("mv", [path.join(modules, "package"), installed]);
  mkdirSync(path.join(modules, "@fal-ai"));
  symlinkSync(path.join(root, "node_modules/@fal-ai/client"), path.join(modules, "@fal-ai/client"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds what users need and nothing else", () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(installed, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  assert.deepEqual(files, [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/client.d.ts",
    "dist/core.js",
    "dist/endpoints.d.ts",
    "dist/errors.d.ts",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/types.d.ts",
    "package.json",
  ]);
});

test("the package names no file of the machine that built it", () => {
  for (const name of ["core.js", "index.js"]) {
    const text = readFileSync(path.join(installed, "dist", name), "latin1");
    for (const place of [os.homedir(), root, ".cargo", "rustlib", "/src/"]) {
      if (place.length > 1) assert.ok(!text.includes(place), `${name} holds ${place}`);
    }
  }
});

test("importing the package does nothing, and needs no browser", () => {
  const script = `
    globalThis.fetch = () => { throw new Error("fetched"); };
    const { fal, subscribe } = await import("fal-wasm");
    console.log(typeof fal.subscribe, typeof subscribe, process._getActiveHandles().length <= 3);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.equal(said.trim(), "function function true");
});

test("the calls work in Node too, from the packed files", () => {
  const script = `
    import { fal, ValidationError } from "fal-wasm";
    const error = await fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", { input: {} }).catch((error) => error);
    console.log(error instanceof ValidationError, error.getFieldErrors("prompt")[0].msg);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.equal(said.trim(), "true Field required");
});

test("the key comes from the environment where there is one", () => {
  const script = `
    import { fal } from "fal-wasm";
    const keys = [];
    const fetch = async (url, { headers }) => {
      keys.push(headers.Authorization);
      return Response.json({ request_id: "r1" });
    };
    for (const credentials of [{}, { credentials: "own" }]) {
      fal.config({ fetch, ...credentials });
      await fal.queue.submit("acme/app", { input: {} });
    }
    console.log(keys.join());`;
  const run = (env) => execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH, ...env } }).trim();
  assert.equal(run({ FAL_KEY: "a:b" }), "Key a:b,Key own");
  assert.equal(run({ FAL_KEY_ID: "a", FAL_KEY_SECRET: "b" }), "Key a:b,Key own");
  assert.equal(run({}), ",Key own");
});

/** What tsc says of a program that imports the packed package. */
function typeErrors(program) {
  writeFileSync(path.join(folder, "program.ts"), program);
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--skipLibCheck", "false", "--types", ""];
  try {
    execFileSync(process.execPath, [tsc, ...options, "program.ts"], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return error.stdout;
  }
}

const PROGRAM = (name) => `
import { fal, ApiError, ValidationError, type QueueStatus } from "${name}";
declare const file: File;
declare const id: string;
fal.config({ credentials: "key" });
fal.config({ proxyUrl: { url: "/api/fal/proxy", when: "always" }, retry: { maxRetries: 1 } });
const result = await fal.subscribe("fal-ai/kandinsky5-pro/image-to-video", {
  input: { prompt: "…", image_url: file, resolution: "1024P" },
  logs: true,
  pollInterval: 500,
  onEnqueue: (requestId) => console.log(requestId.length),
  onQueueUpdate: (update) => {
    if (update.status === "IN_PROGRESS") update.logs.map((log) => log.message).forEach(console.log);
    if (update.status === "IN_QUEUE") console.log(update.queue_position);
  },
});
const url: string | undefined = result.data.video?.url;
const requestId: string = result.requestId;
const { request_id } = await fal.queue.submit(id, { input: { any: "thing" }, webhookUrl: "https://a.b/c" });
const status: QueueStatus = await fal.queue.status(id, { requestId: request_id, logs: true });
const res = await fal.queue.result(id, { requestId });
await fal.queue.cancel(id, { requestId });
console.log(res.data.anything, status.status, url);
const stored: string = await fal.storage.upload(new File(["Hello, World!"], "hello.txt", { type: "text/plain" }), { lifecycle: { expiresIn: "1d" } });
try { console.log(stored); } catch (error) {
  if (error instanceof ValidationError) console.log(error.getFieldErrors("prompt")[0]?.msg, error.fieldErrors);
  if (error instanceof ApiError) console.log(error.status, error.requestId, error.body);
}
`;

test("a program written for the official client type-checks with only the import changed", () => {
  assert.equal(typeErrors(PROGRAM("@fal-ai/client")), "");
  assert.equal(typeErrors(PROGRAM("fal-wasm")), "");
});

test("the types refuse what the endpoint refuses", () => {
  for (const [input, complaint] of [
    ['{ prompt: "x" }', "image_url"],
    ['{ prompt: "x", image_url: "u", resolution: "720P" }', "720P"],
    ['{ prompt: "x", image_url: "u", promt: "y" }', "promt"],
  ]) {
    const program = `import { subscribe } from "fal-wasm"; await subscribe("fal-ai/kandinsky5-pro/image-to-video", { input: ${input} });`;
    assert.match(typeErrors(program), new RegExp(complaint));
  }
});

test("other endpoints can be typed by declaration merging", () => {
  const program = (output) => `
    import { subscribe } from "fal-wasm";
    declare module "fal-wasm" {
      interface EndpointTypeMap { "acme/up": { input: { scale: number }; output: { factor: number } } }
    }
    const { data } = await subscribe("acme/up", { input: { scale: 2 } });
    export const out: ${output} = data.factor;
    await subscribe("fal-ai/kandinsky5/text-to-video", { input: { prompt: "x" } });`;
  assert.equal(typeErrors(program("number")), "");
  assert.match(typeErrors(program("string")), /number.*string/);
});
