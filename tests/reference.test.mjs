// The reference in docs/: its tables must match the values they come from, and its lists the declarations.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { frame, readPart } from "../scripts/docs.mjs";
import { sizeTable, sizes } from "../scripts/size.mjs";
import { read, root } from "../scripts/steps.mjs";
import { allRows } from "./bench/groups.mjs";
import { markdown as differences } from "./conformance/differences/index.mjs";

describe("the tables of the reference", () => {
  test("hold the differences from the official client", () => {
    assert.equal(readPart("differences"), frame("differences", differences()), "run: npm run test:conformance -- --write");
  });

  // Figures differ from run to run, so only the rows and columns are checked.
  test("hold a figure of every lane for every row of the bench", () => {
    const lines = String(readPart("measures")).split("\n").filter((line) => line.startsWith("| ")).slice(1);
    const [names, lanes] = [lines.map((line) => line.split(" | ")[0].slice(2)), lines.map((line) => line.split(" | ").slice(1, 4))];
    assert.deepEqual(names, allRows.map(({ what }) => what), "run: npm run bench -- --write");
    for (const [at, cells] of lanes.entries()) assert.ok(cells.every((cell) => /^(\d|fails: )/.test(cell)), names[at]);
  });

  test("hold the sizes of this build, to 2 %, as other compilers make other bytes of the same sources", async () => {
    const numbers = (table) => Array.from(table.matchAll(/(?<=\| )\d+\.\d(?= \|)/g), ([number]) => Number(number));
    const words = (table) => table.replaceAll(/(?<=\| )\d+\.\d(?= \|)/g, "");
    const shown = readPart("sizes") ?? "";
    const built = frame("sizes", sizeTable(await sizes()));
    const refresh = "run: npm run size -- --write";
    assert.equal(words(shown), words(built), refresh);
    for (const [at, number] of numbers(built).entries()) {
      assert.ok(Math.abs(numbers(shown)[at] - number) <= 0.02 * number + 0.05, `${numbers(shown)[at]} kB is ${number} kB now; ${refresh}`);
    }
  });
});

describe("the lists of the reference", () => {
  const text = read("docs/options.md") + read("docs/errors.md");
  const declarations = path.join(root, "dist");
  const named = (name) => new RegExp(`\`[^\`\n]*(?<!\\w)${name}(?!\\w)[^\`\n]*\``).test(text);
  const declared = readdirSync(declarations, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => read(path.join("dist", name)))
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
