// The package as npm would publish it: its files and its types. A program for the official client must compile with it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tsc } from "./support/typescript.mjs";

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
    .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)))
    .sort();
  // Each declaration comes in two versions: for modules, and for `require`.
  const isTwin = (file) => file.endsWith(".d.cts") && files.includes(file.replace(/cts$/, "ts"));
  assert.deepEqual(files.filter((file) => !isTwin(file)), [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/all-endpoints.cjs",
    "dist/all-endpoints.d.ts",
    "dist/all-endpoints.js",
    "dist/client.d.ts",
    "dist/core.js",
    "dist/core.wasm",
    "dist/endpoint-id.d.ts",
    "dist/endpoints.d.ts",
    "dist/errors.d.ts",
    "dist/fal.global.js",
    "dist/index.cjs",
    "dist/index.d.ts",
    "dist/index.edge.js",
    "dist/index.js",
    "dist/index.workerd.js",
    "dist/init.d.ts",
    "dist/inline.d.ts",
    "dist/inline.js",
    "dist/journal.LICENSE.txt",
    "dist/journal.js",
    "dist/middleware.d.ts",
    "dist/parts.js",
    "dist/react.cjs",
    "dist/react.d.ts",
    "dist/react.js",
    "dist/react/types.d.ts",
    "dist/react/use-fal.d.ts",
    "dist/realtime.LICENSE.txt",
    "dist/realtime.js",
    "dist/retryable.d.ts",
    "dist/slim.cjs",
    "dist/slim.d.ts",
    "dist/slim.js",
    "dist/status.d.ts",
    "dist/types.d.ts",
    "dist/types/client.d.ts",
    "dist/types/config.d.ts",
    "dist/types/journal.d.ts",
    "dist/types/middleware.d.ts",
    "dist/types/persist.d.ts",
    "dist/types/progress.d.ts",
    "dist/types/queue.d.ts",
    "dist/types/realtime.d.ts",
    "dist/types/request.d.ts",
    "dist/types/retry.d.ts",
    "dist/types/status.d.ts",
    "dist/types/storage.d.ts",
    "dist/types/streaming.d.ts",
    "dist/types/webhook.d.ts",
    "dist/webhook.cjs",
    "dist/webhook.d.ts",
    "dist/webhook.js",
    "dist/webhook/error.d.ts",
    "dist/webhook/types.d.ts",
    "dist/webhook/verify.d.ts",
    "endpoints.d.ts",
    "endpoints.js",
    "inline.d.ts",
    "inline.js",
    "package.json",
    "react.d.ts",
    "react.js",
    "slim.d.ts",
    "slim.js",
    "webhook.d.ts",
    "webhook.js",
  ]);
  const declarations = files.filter((file) => /^dist\/.*\.d\.ts$/.test(file));
  assert.deepEqual(files.filter(isTwin), declarations.map((file) => file.replace(/ts$/, "cts")).sort());
});

test("the package names no file of the machine that built it", () => {
  const dist = readdirSync(path.join(installed, "dist"), { withFileTypes: true });
  for (const { name } of dist.filter((entry) => entry.isFile())) {
    const text = readFileSync(path.join(installed, "dist", name), "latin1");
    for (const place of [os.homedir(), root, ".cargo", "rustlib", "/src/"]) {
      if (place.length > 1) assert.ok(!text.includes(place), `${name} holds ${place}`);
    }
  }
});

test("Chromium is told to compile the core while it loads", () => {
  assert.match(readFileSync(path.join(installed, "dist/core.js"), "utf8"), /^\/\/# allFunctionsCalledOnLoad\n/);
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

/** Compiles a program that imports the packed package. Returns the compiler's errors. */
function typeErrors(program) {
  writeFileSync(path.join(folder, "program.ts"), program);
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--skipLibCheck", "false", "--types", ""];
  try {
    execFileSync(process.execPath, [tsc, ...options, "program.ts"], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return /** @type {{ stdout: string }} */ (error).stdout;
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
const connection = fal.realtime.connect<{ prompt: string }, { images: string[] }>(id, {
  connectionKey: "k", clientOnly: true, throttleInterval: 0, maxBuffering: 2, path: "/ws",
  encodeMessage: (input) => JSON.stringify(input),
  decodeMessage: async (data) => JSON.parse(data),
  onResult: (result) => console.log(result.request_id, result.images.length),
  onError: (error) => console.log(error.status, error.body, error.message),
  tokenProvider: async (app) => app.toUpperCase(),
  tokenExpirationSeconds: 60,
});
connection.send({ prompt: "…", request_id: "r" });
connection.close();
try { console.log(stored); } catch (error) {
  if (error instanceof ValidationError) console.log(error.getFieldErrors("prompt")[0]?.msg, error.fieldErrors);
  if (error instanceof ApiError) console.log(error.status, error.requestId, error.body);
}
`;

test("a program written for the official client type-checks with only the import changed", () => {
  assert.equal(typeErrors(PROGRAM("@fal-ai/client")), "");
  assert.equal(typeErrors(PROGRAM("fal-wasm")), "");
});

test("a realtime client is the official one's to its users", () => {
  const program = `
    import type { RealtimeClient as Theirs } from "@fal-ai/client";
    import type { RealtimeClient, RealtimeConnection, RealtimeConnectionHandler, TokenProvider } from "fal-wasm";
    declare const ours: RealtimeClient;
    export const theirs: Theirs = ours;
    declare const handler: RealtimeConnectionHandler<{ seed: number }>;
    export const taken: Parameters<typeof theirs.connect<unknown, { seed: number }>>[1] = handler;
    export const given: RealtimeConnection<{ a: 1 }> = theirs.connect<{ a: 1 }, { seed: number }>("a/b", handler);
    export const provider: TokenProvider = handler.tokenProvider!;`;
  assert.equal(typeErrors(program), "");
});

test("a realtime connection says what is missing where there are no sockets", () => {
  const script = `
    delete globalThis.WebSocket;
    import { fal } from "fal-wasm";
    const handler = { onResult() {}, onError: ({ name, message }) => console.log(name, message), tokenProvider: async () => "t" };
    fal.realtime.connect("acme/app", handler).send({});
    // On a server these do nothing, so that pages can be rendered there.
    fal.realtime.connect("app, which nobody reads", { ...handler, clientOnly: true }).send({});
    const { render } = await import("react-dom");
    render(() => fal.realtime.connect("app, which nobody reads", handler)).send({});`;
  const react = path.join(folder, "node_modules/react-dom");
  mkdirSync(react);
  writeFileSync(path.join(react, "index.js"), "exports.render = (component) => component();");
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.equal(said.trim(), "ApiError No connection to acme/app/realtime: this runtime has no WebSocket. Use Node 22 or newer, or set globalThis.WebSocket before the first send");
});

// Node 20 has WebSockets only with this flag.
const WITH_SOCKETS = typeof WebSocket === "undefined" ? ["--experimental-websocket"] : [];

test("a handshake that fails in Node is told, though Node may say no more than that", { timeout: 10_000 }, () => {
  const script = `
    import { fal } from "fal-wasm";
    globalThis.WebSocket = class extends WebSocket {
      constructor() { super("ws://127.0.0.1:9/"); }
    };
    const onError = ({ status, message }) => console.log(status, message);
    fal.realtime.connect("acme/app", { onResult() {}, onError, tokenProvider: async () => "t" }).send({});`;
  const said = execFileSync(process.execPath, [...WITH_SOCKETS, "--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.match(said, /^1006 The connection to acme\/app\/realtime could not be opened \(code 1006\)[^\n]*\n$/);
});

test("the other entries have the same types, and slim those of init", () => {
  assert.equal(typeErrors(PROGRAM("fal-wasm/inline")), "");
  const init = `import { init, type ModuleSource } from "fal-wasm/slim";
const sources: ModuleSource[] = [new Uint8Array(8), new ArrayBuffer(8), new Response(), new WebAssembly.Module(new Uint8Array(8))];
await init(sources[0]!);
await init(fetch("/core.wasm"));
`;
  assert.equal(typeErrors(init + PROGRAM("fal-wasm/slim")), "");
  assert.match(typeErrors(`${init}await init();`), /Expected 1 arguments/);
});

test("the hook is a client component's, and has the client of its app and React from outside", () => {
  const text = readFileSync(path.join(installed, "dist/react.js"), "utf8");
  assert.ok(text.startsWith('"use client";'), "server components are told that they cannot use it");
  assert.deepEqual(Array.from(text.matchAll(/from ?"([^"]+)"/g), ([, name]) => name).sort(), ["fal-wasm", "react"]);
});

test("the package needs no React, whose types the hook's own do not name", () => {
  const { peerDependencies, peerDependenciesMeta, dependencies } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  assert.deepEqual([peerDependencies, peerDependenciesMeta, dependencies], [{ react: ">=18" }, { react: { optional: true } }, undefined]);
  assert.equal(typeErrors('import { useFal } from "fal-wasm/react"; export const useApp = () => useFal("acme/app").run({ any: "thing" });'), "");
});

test("webhooks are verified without the client, and importing that does nothing", () => {
  const script = `
    globalThis.fetch = () => { throw new Error("fetched"); };
    const { verifyWebhook } = await import("fal-wasm/webhook");
    const { name, reason } = await verifyWebhook({ headers: {}, body: "" }).catch((error) => error);
    console.log(name, reason);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.equal(said.trim(), "WebhookError missing_header");
  assert.doesNotMatch(readFileSync(path.join(installed, "dist/webhook.js"), "utf8"), /\bimport\b/);
});

test("the types refuse what the endpoint refuses", () => {
  for (const [input, complaint] of [
    ['{ prompt: "x" }', "image_url"],
    ['{ prompt: "x", image_url: "https://a.b/c.png", resolution: "720P" }', "720P"],
    ['{ prompt: "x", image_url: "https://a.b/c.png", promt: "y" }', "promt"],
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
