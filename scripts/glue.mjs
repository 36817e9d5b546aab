// Changes wasm-bindgen's glue: shortens its names, and binds it to one instance of the module. Each step fails if
// wasm-bindgen writes the glue differently.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StepError, root } from "./steps.mjs";

/** The file name of the glue, in wasm-bindgen's output folder. */
const NAME = "fal_wasm.js";

/** Replaces the names of the module's imports and exports in the glue with the short ones of wasm-opt. */
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
  // The glue imports from a single module, so its short name is the first one.
  swap(`"./fal_wasm_bg.js": import0`, "a: import0");
  writeFileSync(file, glue);
}

/** Parts to remove from the generated glue. */
const REMOVED = [
  // An exported class would run code at import, to register its disposal and its finalisation. Neither is needed: calls
  // free themselves. A call on an instance that has trapped must never be freed.
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
 * The generated glue as one function, which binds it to a module. All of the glue is inside the function: after a trap the
 * package makes a new instance, and each instance needs its own glue.
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

// Replaces the generated `initSync`. That function takes a module from another realm for bytes, and edge runtimes provide
// the module from another realm.
const BIND = `
__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return operations({ NAMES });
`;
const IMPORT = `import { operations } from ${JSON.stringify(path.join(root, "js/core/operations.ts"))};`;
