// The packed package in those environments that need no installation: pages, workers, Node, esbuild.
// `npm run test:packaging` runs the whole matrix.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { quickChecks } from "./packaging/checks.mjs";
import { makeApp, startLab } from "./packaging/lab.mjs";
import { matrix, writtenMatrix } from "./packaging/matrix.mjs";
import { runRow } from "./packaging/row.mjs";
import { esbuildRows } from "./packaging/rows/bundlers.mjs";
import { rows as pages } from "./packaging/rows/pages.mjs";
import { checks as policyChecks, rows as policyRows } from "./packaging/rows/policy.mjs";
import { nodeRows } from "./packaging/rows/runtimes.mjs";
import { checks as scriptChecks, rows as scripts } from "./packaging/rows/script.mjs";
import { rows as workers } from "./packaging/rows/workers.mjs";

/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => (lab = await startLab()));
after(() => lab?.stop());

const isQuick = ({ needs }) => needs.every((need) => need === "chromium");
const rows = [...pages, ...scripts, ...policyRows, ...workers, ...esbuildRows, ...nodeRows].filter(isQuick);

describe("subscribe and upload work", () => {
  for (const row of rows) {
    test(row.name, async () => {
      const { subscribe, upload } = await runRow(lab, row);
      assert.deepEqual({ subscribe, upload }, { subscribe: "ok", upload: "ok" });
    });
  }
});

describe("the package", () => {
  for (const check of [...quickChecks, ...scriptChecks, ...policyChecks].filter(isQuick)) test(check.name, () => check.check(lab));
});

describe("init of fal-wasm/slim", () => {
  let dist;
  let copies = 0;
  const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  const wasm = () => readFileSync(path.join(dist, "core.wasm"));
  /** Imports another copy of the module, with its own state. */
  const slim = () => import(`${pathToFileURL(path.join(dist, "slim.js"))}?${copies++}`);
  const codeOf = (promise) => promise.then(() => "no error", ({ code, message }) => `${code}: ${message}`);

  before(() => (dist = path.join(makeApp(lab, "slim in Node", {}), "node_modules/fal-wasm/dist")));

  for (const [name, source] of /** @type {[string, () => unknown][]} */ ([
    ["bytes", () => wasm()],
    ["a buffer", () => new Uint8Array(wasm()).buffer],
    ["a compiled module", () => new WebAssembly.Module(wasm())],
    ["an answer", () => new Response(wasm())],
    ["a promise of an answer", async () => new Response(wasm())],
  ])) {
    test(`takes ${name}`, async () => {
      const { init, preload } = await slim();
      await init(source());
      await preload();
    });
  }

  for (const [name, source, complaint] of /** @type {[string, () => unknown, RegExp][]} */ ([
    ["a page in place of the module", page, /^wasm_unavailable: .*what init\(\) was given is no WebAssembly/],
    ["an answer of 404", () => new Response("", { status: 404 }), /^wasm_unavailable: .*HTTP 404/],
    ["nothing", () => undefined, /^wasm_unavailable: .*no WebAssembly/],
    ["an address", () => "/core.wasm", /^wasm_unavailable: .*no WebAssembly/],
    ["two bytes", () => new Uint8Array(2), /^wasm_unavailable: .*no WebAssembly/],
    ["a promise that rejects", () => Promise.reject(new TypeError("Failed to fetch")), /^wasm_unavailable: .*Failed to fetch/],
  ])) {
    test(`refuses ${name}, and takes the module after that`, async () => {
      const { init, preload } = await slim();
      assert.match(await codeOf(init(source())), complaint);
      await init(wasm());
      await preload();
    });
  }

  test("is asked for by a call that comes before it, and waited for by one that comes meanwhile", async () => {
    const { init, preload } = await slim();
    assert.match(await codeOf(preload()), /^wasm_unavailable: .*call init\(\) with fal-wasm\/core\.wasm first/);
    const ready = init(new Promise((resolve) => setTimeout(() => resolve(wasm()), 20)));
    await preload();
    await ready;
  });
});

describe("the matrix of docs/runtimes.md", () => {
  test("is that of the last whole run, and of the rows and tools of today", () => {
    assert.equal(writtenMatrix(), matrix(), "run npm run test:packaging");
  });
});
