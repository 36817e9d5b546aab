// No file of the package imports itself by way of others: who reads one file of such a circle has to read all of them. The
// linter finds circles of values only; these are of types, too.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { root } from "../scripts/steps.mjs";

const IMPORT = /(?:from|import) "(\.[^"]+)"|import\("(\.[^"]+)"\)/g;

/** The files that each file of a folder imports, also where it imports their types. */
function importsIn(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const imported = (/** @type {string} */ name) => {
    const found = readFileSync(path.join(folder, name), "utf8").matchAll(IMPORT);
    const names = Array.from(found, ([, plain, called]) => path.posix.join(path.posix.dirname(name), plain ?? called ?? ""));
    // The build makes some modules, and a declaration says which file each is made from.
    return names.map((it) => (files.includes(it) ? it : it.replace(/js$/, "d.ts"))).filter((it) => files.includes(it));
  };
  return new Map(files.map((name) => [name, imported(name)]));
}

/**
 * A circle of imports, as the names on the way. `undefined` if there is none.
 * @param {Map<string, string[]>} imports
 */
function circleIn(imports) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {(name: string, way: string[]) => string[] | undefined} */
  const follow = (name, way) => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of imports.get(name) ?? []) {
      const circle = follow(next, [...way, name]);
      if (circle) return circle;
    }
    done.add(name);
    return undefined;
  };
  return [...imports.keys()].map((name) => follow(name, [])).find(Boolean);
}

test("no file of the package imports itself by way of others, not even a type", () => {
  const imports = importsIn(path.join(root, "js"));
  assert.ok(imports.size > 100, `${imports.size} files`);
  assert.ok([...imports.values()].flat().length > imports.size, "imports are found");
  assert.equal(circleIn(imports)?.join(" → "), undefined);
});

test("a circle is found, wherever it begins", () => {
  const circle = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["b"]]]);
  assert.deepEqual(circleIn(circle), ["b", "d", "b"]);
  assert.equal(circleIn(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), undefined);
});
