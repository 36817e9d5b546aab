// No file imports itself by way of others: who reads one file of such a circle has to read all of them. The linter finds
// circles of values in TypeScript only; these are of types, too, and of Rust.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { root } from "../scripts/steps.mjs";
import { importsOfCrate } from "./support/rust-imports.mjs";

const IMPORT = /(?:from|import) "(\.[^"]+)"|import\("(\.[^"]+)"\)/g;

/** The files that each TypeScript file of a folder imports, also where it imports their types. */
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

/**
 * The same imports, with the folders of the first level in place of their files.
 * @param {Map<string, string[]>} imports
 */
function foldersOf(imports) {
  const folder = (/** @type {string} */ file) => file.split(/[/\\]/)[0]?.replace(/\.rs$/, "") ?? "";
  /** @type {Map<string, string[]>} */
  const folders = new Map();
  for (const [file, used] of imports) {
    const others = used.map(folder).filter((other) => other !== folder(file));
    folders.set(folder(file), [...(folders.get(folder(file)) ?? []), ...others]);
  }
  return folders;
}

test("no file of the package imports itself by way of others, not even a type", () => {
  const imports = importsIn(path.join(root, "js"));
  assert.ok(imports.size > 100, `${imports.size} files`);
  assert.ok([...imports.values()].flat().length > imports.size, "imports are found");
  assert.equal(circleIn(imports)?.join(" → "), undefined);
});

for (const [crate, least] of /** @type {const} */ ([["src", 60], ["emulator/src", 150], ["emulator/render/src", 15]])) {
  test(`no file of ${crate} uses itself by way of others`, () => {
    const imports = importsOfCrate(path.join(root, crate));
    assert.ok(imports.size > least, `${imports.size} files`);
    assert.ok([...imports.values()].flat().length > imports.size, "uses are found");
    assert.equal(circleIn(imports)?.join(" → "), undefined);
  });
}

test("no part of the emulator uses itself by way of others", () => {
  const folders = foldersOf(importsOfCrate(path.join(root, "emulator/src")));
  assert.ok((folders.get("server") ?? []).includes("queue"), "the uses of folders are found");
  assert.equal(circleIn(folders)?.join(" → "), undefined);
});

test("a circle is found, wherever it begins", () => {
  const circle = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["b"]]]);
  assert.deepEqual(circleIn(circle), ["b", "d", "b"]);
  assert.equal(circleIn(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), undefined);
});

test("a path in Rust counts for the file that defines the item, however it is written", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "crate-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [file, code] of Object.entries({
    "lib.rs": "mod a;\nmod b;\nmod c;\nmod d;\n#[cfg(test)]\nmod fuzz;\npub use a::Thing;\n",
    "a.rs": "pub struct Thing;\n#[cfg(test)]\nmod tests {\n    use crate::b;\n    fn f() {\n        b::f();\n    }\n}\n",
    "b.rs": "use crate::{Thing, c as other};\nfn f() -> Thing {\n    other::f()\n}\n",
    "c.rs": "// use crate::d::X;\nuse std::fmt::{self, Display};\npub fn f() -> super::a::Thing {\n    fmt::format()\n}\n",
    "d.rs": "use bytes::Bytes;\nuse crate::b::{self};\nfn f() {\n    b::f(Bytes::new());\n}\n",
    "fuzz.rs": "use crate::b::f;\n",
  })) {
    writeFileSync(path.join(folder, file), code);
  }
  assert.deepEqual(Object.fromEntries(importsOfCrate(folder)), {
    "lib.rs": ["a.rs"],
    "a.rs": [],
    "b.rs": ["a.rs", "c.rs"],
    "c.rs": ["a.rs"],
    "d.rs": ["b.rs"],
  });
});
