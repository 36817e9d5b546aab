// Runs the Express route of docs/webhooks.md as it is written there, with the emulator in place of fal.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startEmulator } from "../support/emulator.mjs";

const here = fileURLToPath(new URL("./", import.meta.url));
const root = path.join(here, "../..");
const { fetch } = globalThis;

let emulator;
let server;
let url;

before(async () => {
  emulator = await startEmulator();
  globalThis.fetch = (input, init) => fetch(String(input).replace("https://rest.fal.ai/", `${emulator.url}/rest.fal.ai/`), init);
  const app = await route();
  server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${server.address().port}/api/fal/webhook`;
});
after(async () => {
  globalThis.fetch = fetch;
  server?.close();
  await emulator?.stop();
});

/** Imports the guide's app. Its module must be in this folder, where Express is installed. */
async function route() {
  const [code] = Array.from(readFileSync(path.join(root, "docs/webhooks.md"), "utf8").matchAll(/^```js\n([\s\S]*?)^```$/gm), ([, code]) => code);
  const folder = mkdtempSync(path.join(here, ".route-"));
  const file = path.join(folder, "route.mjs");
  const library = pathToFileURL(path.join(root, "dist/webhook.js")).href;
  writeFileSync(file, `${code.replace("fal-wasm/webhook", library)}\nexport { app };\n`);
  try {
    return (await import(pathToFileURL(file).href)).app;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the Express route takes a webhook of the emulator's once it is delivered", { timeout: 30_000 }, async (t) => {
  // The route prints the webhooks that it accepts.
  const taken = new Promise((resolve) => t.mock.method(console, "log", (...words) => resolve(words)));
  const submit = `${emulator.url}/queue.fal.run/emulator/echo?fal_webhook=${encodeURIComponent(url)}`;
  const reply = await fetch(submit, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  const { request_id: requestId } = await reply.json();
  assert.deepEqual(await taken, [requestId, "OK"]);
});

test("the Express route answers a forged webhook with 401, and the reason", async () => {
  const headers = {
    "content-type": "application/json",
    "x-fal-webhook-request-id": "r1",
    "x-fal-webhook-user-id": "u1",
    "x-fal-webhook-timestamp": String(Math.floor(Date.now() / 1000)),
    "x-fal-webhook-signature": "00".repeat(64),
  };
  const reply = await fetch(url, { method: "POST", headers, body: "{}" });
  assert.deepEqual([reply.status, await reply.text()], [401, "The webhook is not signed by fal, or was changed on its way"]);
});
