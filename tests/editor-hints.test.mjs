// The doc comments that editors show for each export, in the declarations of the built package. Their examples must compile.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import * as slim from "fal-wasm/slim";
import { root } from "../scripts/steps.mjs";
import { startCompiler } from "./support/programs.mjs";

const dist = path.join(root, "dist");
const declaration = (name) => readFileSync(path.join(dist, name), "utf8");

const DOCUMENTED = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^export (?:declare )?(?:async )?(?:interface|type|class|function|const) (\w+)/gm;

/**
 * The exports of a declaration file with their comments. Includes the exports of the files that it re-exports.
 * @param {string} file
 * @param {(name: string) => boolean} wanted
 * @returns {{ name: string, comment: string }[]}
 */
function exportsOf(file, wanted = () => true) {
  const text = declaration(file);
  const own = Array.from(text.matchAll(DOCUMENTED), ([, comment = "", name]) => ({ name, comment }));
  const again = (specifier, names) => exportsOf(path.normalize(path.join(path.dirname(file), specifier)).replace(/\.js$/, ".d.ts"), names);
  const all = Array.from(text.matchAll(/^export \* from "(\..*?)";$/gm), ([, specifier]) => again(specifier));
  const named = Array.from(text.matchAll(/^export (?:type )?\{ (.*?) \} from "(.*?)";$/gm), ([, list, specifier]) => {
    const names = list.split(", ");
    return again(specifier, (name) => names.includes(name));
  });
  return [...own, ...all.flat(), ...named.flat()].filter(({ name }) => wanted(name));
}

const hints = exportsOf("slim.d.ts");
/** The text of a comment, without its stars. */
const textOf = ({ comment }) => comment.replaceAll(/^ *(?:\/\*\*|\*\/|\* ?)/gm, "").replace(/\*\/\s*$/, "").trim();
const examplesOf = (hint) => Array.from(textOf(hint).matchAll(/^@example.*(?:\n(?!```).*)*\n```ts\n([\s\S]*?)\n```$/gm), ([, code]) => code);

test("every export of the package is looked at", () => {
  const found = hints.map(({ name }) => name);
  assert.deepEqual(Object.keys(slim).filter((name) => !found.includes(name)), []);
  for (const name of ["Config", "FalStream", "ModuleSource", "QueueStatus", "FalErrorCode"]) assert.ok(found.includes(name), name);
  assert.deepEqual(found.filter((name, at) => found.indexOf(name) !== at), []);
});

test("every export has a comment in words of its own", () => {
  const wordless = hints.filter((hint) => !/^[A-Z`].*\w+ \w+/.test(textOf(hint)) || textOf(hint).startsWith("{@link"));
  assert.deepEqual(wordless.map(({ name }) => name), []);
});

test("every export has an example", () => {
  assert.deepEqual(hints.filter((hint) => examplesOf(hint).length === 0).map(({ name }) => name), []);
});

test("no comment is but a link, and none cites what its reader cannot open", () => {
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.d\.c?ts$/.test(name));
  assert.notEqual(names.length, 0);
  for (const name of names) {
    const text = declaration(name);
    assert.doesNotMatch(text, /§|protocol\.md/, name);
    assert.doesNotMatch(text, /\/\*\*\s*(?:\* )?\{@link [^}]*\}\s*\*\//, name);
  }
});

describe("the examples", () => {
  const compile = startCompiler("example-programs", "readme.d.ts");

  const names = hints.map(({ name }) => name);

  /** Makes a program of an example: adds the imports that an editor would add. */
  function program(code) {
    const used = names.filter((name) => new RegExp(`(?<![.\\w"/-])${name}(?![\\w:"-])`).test(code) && !new RegExp(`(?:const|function) ${name}\\b`).test(code));
    const augments = code.includes("declare module");
    return `${augments ? `import type { FalFile } from "fal-wasm";` : `import { ${used.map((name) => (name in slim ? name : `type ${name}`)).join(", ")} } from "fal-wasm/slim";`}\n${code}`;
  }

  /** Compiles the examples, which are given by their file names. Returns the compiler's messages. */
  const said = (examples) => compile(Object.fromEntries(Object.entries(examples).map(([file, code]) => [file, program(code)])));

  test("type-check", () => {
    const programs = hints.flatMap((hint, of) => examplesOf(hint).map((code, at) => [`${of}-${hint.name}-${at}.ts`, code]));
    assert.ok(programs.length >= hints.length);
    assert.equal(said(Object.fromEntries(programs)), "");
  });

  test("are checked: a misspelt option is found", () => {
    assert.match(said({ "wrong.ts": `await fal.run("acme/app", { inputs: {} });` }), /inputs/);
  });
});
