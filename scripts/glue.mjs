// What the build makes of wasm-bindgen's glue: smaller, and bound to one instance at a time. Each
// step fails where the glue is not what it takes it for.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StepError, root } from "./steps.mjs";

/** The glue, in the folder where wasm-bindgen writes. */
const NAME = "fal_wasm.js";

/** Gives the glue the short names that wasm-opt gave the module's imports and exports. */
export function shortenNames(glueDir, { imports, exports }) {
  const file = path.join(glueDir, NAME);
  let glue = readFileSync(file, "utf8");
  const swap = (from, to) => {
    if (!glue.includes(from)) throw new StepError(`The glue has no ${from}: wasm-bindgen writes it differently now.`);
    glue = glue.replaceAll(from, () => to);
  };
  for (const [, name, short] of imports) swap(`        ${name}: `, `        ${short}: `);
  const isExport = new Map(exports);
  glue = glue.replace(/\bwasm\.(\w+)/g, (whole, name) => (isExport.has(name) ? `wasm.${isExport.get(name)}` : whole));
  // There is one module to import from, and its short name is the first one.
  swap(`"./fal_wasm_bg.js": import0`, "a: import0");
  writeFileSync(file, glue);
}

/** What is taken out of the generated glue, or put differently. */
const SMALLER_GLUE = [
  // What would run at import for the exported class: its disposal symbol, and its finalisation.
  // Calls free what they made, whatever happens.
  [/^if \(Symbol\.dispose\).*\n/gm, ""],
  [/^const \w+Finalization = [^;]*;\n/gm, ""],
  [/^ *\w+Finalization\.(un)?register\(.*\n/gm, ""],
  // Texts that go into the module are ids and URLs: the short way to encode them will do.
  [/if \(realloc === undefined\) (\{[^}]*\})[^]*?^\}/m, "$1}"],
  [/(passStringToWasm0\([\w.]+, [\w.]+), [\w.]+\)/g, "$1)"],
  // Every browser that compiles the module has it.
  [/^if \(!\('encodeInto' in[^]*?^\}\n/m, ""],
  // After 2 GB of texts, which no client of an API has.
  [/^function decodeText[^]*?^\}\n/m, "const decodeText = (bytes) => cachedTextDecoder.decode(bytes);\n"],
  [/^let numBytesDecoded.*\n/m, ""],
  // A view is made as quickly as it is checked.
  [/^let cachedDataViewMemory0[^]*?(new DataView\(.*\));[^]*?^\}\n/m, "const getDataViewMemory0 = () => $1;\n"],
  [/^ *cachedDataViewMemory0 = null;\n/m, ""],
];

/** A function of the glue that only hands on: the module's own will do. */
const HANDED_ON = /^export function (\w+)\(([\w, ]*)\) \{\n {4}const ret = (wasm\.\w+)\(\2\);\n {4}return ret;\n\}\n/gm;

function smaller(text) {
  return SMALLER_GLUE.reduce((rest, [part, replacement]) => {
    if (rest.search(part) < 0) throw new StepError(`The glue has no ${part}: wasm-bindgen writes it differently now.`);
    return rest.replace(part, replacement);
  }, text);
}

/**
 * The generated glue with one way in: a function that binds it to a module. All of it stands
 * in that function, as an instance that trapped is followed by another, and each has its own.
 */
export function glueSource(glueDir) {
  const text = smaller(readFileSync(path.join(glueDir, NAME), "utf8"));
  const own = Array.from(text.matchAll(HANDED_ON), ([, name, , function_]) => `${name}: ${function_}`);
  const exported = /^export (?=(?:async )?(?:function|class) (\w+))/gm;
  const rest = text.replace(HANDED_ON, "");
  const names = Array.from(rest.matchAll(exported), ([, name]) => name);
  const end = rest.indexOf("\nexport { initSync");
  const isKnown = ["function __wbg_get_imports()", "function __wbg_finalize_init(instance, module)"].every((part) => rest.includes(part));
  if (own.length === 0 || end < 0 || !isKnown) throw new StepError("wasm-bindgen writes the glue differently now: see scripts/glue.mjs.");
  const imports = /^import .*$/gm;
  const body = rest.slice(0, end).replace(imports, "").replace(exported, "");
  const outside = [...rest.matchAll(imports), [IMPORTS]].join("\n");
  const bind = BIND.replace("NAMES", [...names, ...own].join(", "));
  return [outside, "export function bind(module) {", body, bind, "}"].join("\n");
}

// The generated `initSync` takes a module of another realm for bytes, and edge runtimes have
// the module from another realm.
const BIND = `
__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return operations({ NAMES });
`;
const IMPORTS = `import { operations } from ${JSON.stringify(path.join(root, "js/core/operations.ts"))};`;
