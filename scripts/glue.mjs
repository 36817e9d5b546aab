// Changes wasm-bindgen's glue: it gets short names, and is bound to one instance at a time. Each step fails if
// wasm-bindgen writes the glue differently.

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
  glue = glue.replaceAll(/\bwasm\.(\w+)/g, (whole, name) => (isExport.has(name) ? `wasm.${isExport.get(name)}` : whole));
  // There is one module to import from, and its short name is the first one.
  swap(`"./fal_wasm_bg.js": import0`, "a: import0");
  writeFileSync(file, glue);
}

/** Parts to remove from the generated glue. */
const REMOVED = [
  // An exported class would set itself up at import: for disposal, and for its finalisation. Calls free
  // themselves, and one on an instance that trapped must never be freed.
  /^if \(Symbol\.dispose\).*\n/gm,
  /^const \w+Finalization = [^;]*;\n/gm,
  /^ *\w+Finalization\.(un)?register\(.*\n/gm,
];

function withoutRemoved(text) {
  return REMOVED.reduce((rest, part) => {
    if (rest.search(part) < 0) throw new StepError(`The glue has no ${part}: wasm-bindgen writes it differently now.`);
    return rest.replace(part, "");
  }, text);
}

/**
 * The generated glue with one way in: a function that binds it to a module. All of it stands
 * in that function, as an instance that trapped is followed by another, and each has its own.
 */
export function glueSource(glueDir) {
  const text = withoutRemoved(readFileSync(path.join(glueDir, NAME), "utf8"));
  const exported = /^export (?=(?:async )?(?:function|class) (\w+))/gm;
  const names = Array.from(text.matchAll(exported), ([, name]) => name);
  const end = text.indexOf("\nexport { initSync");
  const isKnown = ["function __wbg_get_imports()", "function __wbg_finalize_init(instance, module)"].every((part) => text.includes(part));
  if (names.length === 0 || end < 0 || !isKnown) throw new StepError("wasm-bindgen writes the glue differently now: see scripts/glue.mjs.");
  const body = text.slice(0, end).replaceAll(exported, "");
  const bind = BIND.replace("NAMES", names.join(", "));
  return [IMPORT, "export function bind(module) {", body, bind, "}"].join("\n");
}

// The generated `initSync` takes a module of another realm for bytes, and edge runtimes have
// the module from another realm.
const BIND = `
__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return operations({ NAMES });
`;
const IMPORT = `import { operations } from ${JSON.stringify(path.join(root, "js/core/operations.ts"))};`;
