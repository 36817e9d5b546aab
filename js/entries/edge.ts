// The `edge-light` condition: as workerd, with the import written as its bundlers want it.

import type { Core } from "../core.js";
import module from "../core.wasm?module";
import { bind } from "../glue.js";

/** Instantiates the module that came with the program. */
export async function instantiate(): Promise<Core> {
  return bind(module);
}

export { journal, parts, realtime } from "./later.ts";
