// Which files of a Rust crate use which. A path counts for the file that defines the item, also where another file
// exports it again. A `mod` line alone counts for nothing, and tests inside the crate are left out.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/**
 * A file of the crate, which is one module.
 * @typedef {object} Module
 * @property {string} file
 * @property {string[]} path its place in the crate; empty for the root
 * @property {Set<string>} children
 * @property {Map<string, string[]>} uses the names that it brings in, with their paths
 * @property {string} code without comments, tests and `use` lines
 */

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const PATH = new RegExp(`(?<![\\w:$.])${NAME}(?:::${NAME})+`, "g");
const USE = /(?:^|\n)\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/g;
const COMMENT_LINE = /^\s*\/\/.*$/gm;
/** An item for tests only, up to its last line, which is indented as its first. */
const TEST_ITEM = /^( *)#\[cfg\((?:all\()?test\b.*\)\]\n(?:.*;\n|[^]*?\n\1\}\n)/gm;
const TEST_MODULE = /#\[cfg\((?:all\()?test\b.*\)\]\n(?:#\[path.*\]\n)?mod (\w+);/g;

/**
 * The files that each file of a crate uses.
 * @param {string} folder the crate's `src`
 * @returns {Map<string, string[]>}
 */
export function importsOfCrate(folder) {
  const modules = modulesIn(folder);
  return new Map(Array.from(modules.values(), (module) => [module.file, filesUsedBy(module, modules)]));
}

/** The modules by their places, such as `queue::line`. @param {string} folder */
function modulesIn(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs"));
  /** @type {Map<string, Module>} */
  const modules = new Map();
  /** @type {string[]} */
  const testsOnly = [];
  for (const file of names) {
    const text = readFileSync(path.join(folder, file), "utf8").replaceAll(COMMENT_LINE, "");
    const place = placeOf(file);
    testsOnly.push(...Array.from(text.matchAll(TEST_MODULE), ([, name = ""]) => [...place, name].join("::")));
    const code = text.replaceAll(TEST_ITEM, "");
    const uses = new Map(Array.from(code.matchAll(USE), ([, tree = ""]) => leavesOf(tree)).flat());
    modules.set(place.join("::"), { file, path: place, children: new Set(), uses, code: code.replaceAll(USE, "") });
  }
  for (const place of modules.keys()) {
    if (testsOnly.some((tests) => place === tests || place.startsWith(`${tests}::`))) modules.delete(place);
  }
  for (const { path: place } of modules.values()) modules.get(place.slice(0, -1).join("::"))?.children.add(place.at(-1) ?? "");
  return modules;
}

/** @param {string} file */
function placeOf(file) {
  const names = file.replace(/\.rs$/, "").split(path.sep);
  return names.at(-1) === "mod" || file === "lib.rs" ? names.slice(0, -1) : names;
}

/** @param {Module} module @param {Map<string, Module>} modules */
function filesUsedBy(module, modules) {
  const inCode = Array.from(module.code.matchAll(PATH), ([found]) => found.split("::"));
  const files = [...module.uses.values(), ...inCode].map((names) => fileOf(names, module, modules));
  return [...new Set(files)].filter((file) => file !== undefined && file !== module.file).map(String);
}

/**
 * The file that defines what a path names. `undefined` for a module itself, and for what is not in the crate.
 * @param {string[]} names @param {Module} from @param {Map<string, Module>} modules
 * @returns {string | undefined}
 */
function fileOf(names, from, modules) {
  /** @type {Module | undefined} */
  let at = from;
  for (const [index, name] of names.entries()) {
    if (name === "self") continue;
    else if (name === "crate") at = modules.get("");
    else if (name === "super") at = modules.get(at.path.slice(0, -1).join("::"));
    else if (at.children.has(name)) at = modules.get([...at.path, name].join("::"));
    else {
      const brought = at.uses.get(name);
      // `use bytes::Bytes` names another crate, also when it is looked up again.
      if (brought && brought[0] !== name) return fileOf([...brought, ...names.slice(index + 1)], at, modules);
      return index === 0 ? undefined : at.file;
    }
    if (!at) return undefined;
  }
  return undefined;
}

/**
 * The names that a `use` brings in, each with its path.
 * @param {string} tree what follows `use`
 * @returns {[string, string[]][]}
 */
function leavesOf(tree) {
  const [, before = "", list] = /^([^{]*)\{(.*)\}$/s.exec(tree.trim()) ?? ["", tree.trim()];
  const names = before.split("::").map((name) => name.trim()).filter(Boolean);
  if (list !== undefined) return piecesOf(list).flatMap(leavesOf).map(([alias, rest]) => [alias || (names.at(-1) ?? ""), [...names, ...rest]]);
  const [last = "", alias] = (names.pop() ?? "").split(/\s+as\s+/);
  if (last !== "self") names.push(last);
  return [[alias ?? names.at(-1) ?? "", names]];
}

/** The pieces of a list, which may have lists in it. @param {string} list */
function piecesOf(list) {
  const pieces = [""];
  let depth = 0;
  for (const letter of list) {
    if (letter === "{") depth++;
    if (letter === "}") depth--;
    if (letter === "," && depth === 0) pieces.push("");
    else pieces.push((pieces.pop() ?? "") + letter);
  }
  return pieces.map((piece) => piece.trim()).filter(Boolean);
}
