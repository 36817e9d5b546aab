// The README: its programs are checked against the types of the built package, its tables against
// what they are made of, its lists against the declarations.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { framed, partIn, readme } from "../scripts/readme.mjs";
import { sizeTable, sizes } from "../scripts/size.mjs";
import { allRows } from "./bench/groups.mjs";
import { markdown as differences } from "./conformance/differences/index.mjs";
import { matrixIn, writtenMatrix } from "./packaging/matrix.mjs";
import { startCompiler } from "./support/programs.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const declarations = path.join(root, "dist");
const text = readme();

/** The programs: every block of JavaScript or TypeScript, with the heading above it. */
const programs = Array.from(text.matchAll(/^( *)```[jt]s\n([\s\S]*?)^\1```$/gm), ({ 2: code, index }) => ({
  heading: Array.from(text.slice(0, index).matchAll(/^#+ (.*)$/gm), ([, words]) => words).at(-1),
  code,
}));

describe("the programs of the README", () => {
  const compile = startCompiler("readme-programs", "readme.d.ts");

  /** What the compiler says of a program, imports added; with `official`, as one for that client. */
  function said(code, { official = false } = {}) {
    const names = ["fal", "ApiError", "ValidationError", ...(official ? [] : ["FalError"])];
    const imports = code.includes('from "fal-wasm"') ? "" : `import { ${names} } from "fal-wasm";\n`;
    const paths = { "fal-wasm": ["../../node_modules/@fal-ai/client/src/index.d.ts"] };
    return compile({ "program.ts": `${imports}${code}` }, official ? { paths } : {});
  }

  const under = (heading) => programs.filter((program) => program.heading === heading).map(({ code }) => code);

  for (const [at, { heading, code }] of programs.entries()) {
    test(`type-check: ${at + 1}, under ${heading}`, () => assert.equal(said(code), ""));
  }

  for (const heading of ["Subscribe", "Run", "Stream", "Realtime"]) {
    test(`are programs for the official client, too: under ${heading}`, () => {
      assert.notEqual(under(heading).length, 0);
      for (const code of under(heading)) assert.equal(said(code, { official: true }), "");
    });
  }

  test("are checked: a misspelt option is found", () => {
    assert.match(said(under("fal-wasm")[0].replace("onQueueUpdate", "onQueueUpdates")), /onQueueUpdates/);
  });

  test("change an import and join the official types: its endpoints are typed then, and were not before", () => {
    const [change, join] = under("Coming from `@fal-ai/client`, in three lines");
    const call = `const { data } = await fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a cat" } });\n`;
    assert.equal(said(`${change}${join}${call}export const seed: number = data.seed;`), "");
    assert.match(said(`${change}${join}${call}data.video;`), /'video' does not exist/);
    assert.equal(said(`${change}${call}data.video;`), "");
  });
});

test("the URLs of the README name this version, and files of the package", () => {
  const { version, jsdelivr } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const urls = Array.from(text.matchAll(/\/npm\/fal-wasm@([\d.]+)(\/[^"\s`]*)?/g));
  assert.notEqual(urls.length, 0);
  for (const [url, named, file = jsdelivr] of urls) {
    assert.equal(named, version, url);
    assert.ok(existsSync(path.join(root, file)), url);
  }
});

describe("the tables of the README", () => {
  test("hold the differences from the official client", () => {
    assert.equal(partIn(text, "differences"), framed("differences", differences()), "run: npm run test:conformance -- --write");
  });

  test("hold the runtime matrix of the last whole run", () => {
    assert.equal(matrixIn(text), writtenMatrix(), "run: npm run test:packaging");
  });

  // Figures drift from run to run; a row that is missing is one that was left out.
  test("hold a figure of every lane for every row of the bench", () => {
    const lines = String(partIn(text, "measures")).split("\n").filter((line) => line.startsWith("| ")).slice(1);
    const [names, lanes] = [lines.map((line) => line.split(" | ")[0].slice(2)), lines.map((line) => line.split(" | ").slice(1, 4))];
    assert.deepEqual(names, allRows.map(({ what }) => what), "run: npm run bench -- --write");
    for (const [at, cells] of lanes.entries()) assert.ok(cells.every((cell) => /^(\d|fails: )/.test(cell)), names[at]);
  });

  test("hold the sizes of this build, to 2 %, as other compilers make other bytes of the same sources", async () => {
    const numbers = (table) => Array.from(table.matchAll(/(?<=\| )\d+\.\d(?= \|)/g), ([number]) => Number(number));
    const words = (table) => table.replaceAll(/(?<=\| )\d+\.\d(?= \|)/g, "");
    const shown = partIn(text, "sizes") ?? "";
    const built = framed("sizes", sizeTable(await sizes()));
    const refresh = "run: npm run size -- --write";
    assert.equal(words(shown), words(built), refresh);
    for (const [at, number] of numbers(built).entries()) {
      assert.ok(Math.abs(numbers(shown)[at] - number) <= 0.02 * number + 0.05, `${numbers(shown)[at]} kB is ${number} kB now; ${refresh}`);
    }
  });
});

describe("the lists of the README", () => {
  const named = (name) => new RegExp(`\`[^\`\n]*(?<!\\w)${name}(?!\\w)[^\`\n]*\``).test(text);
  const declared = readdirSync(declarations, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => readFileSync(path.join(declarations, name), "utf8"))
    .join("\n");

  test("name every export", async () => {
    const exported = Object.keys(await import("fal-wasm/slim"));
    assert.deepEqual(exported.filter((name) => !named(name)), []);
  });

  for (const options of ["Config", "RetryOptions", "SubmitOptions", "RunOptions", "FileOptions", "QueueModeOptions", "QueueSubscribeOptions", "StreamOptions", "UploadOptions", "StorageSettings", "RealtimeConnectionHandler"]) {
    test(`name every option of ${options}`, () => {
      const [, body] = new RegExp(`interface ${options}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(declared) ?? [];
      const names = Array.from(body.matchAll(/^ {4}(?:readonly )?(\w+)\??[:(]/gm), ([, name]) => name);
      assert.notEqual(names.length, 0);
      assert.deepEqual(names.filter((name) => !named(name)), []);
    });
  }

  test("name every error code", () => {
    const [, union] = /type FalErrorCode = ([^;]+);/.exec(declared) ?? [];
    assert.deepEqual(Array.from(union.matchAll(/\w+/g), ([code]) => code).filter((code) => !named(code)), []);
  });
});
