// The `edge-light` condition: like workerd, with the form of import that its bundlers need.

import type { Core } from "../core.js";
import module from "../core.wasm?module";
import { bind } from "../glue.js";

/** Instantiates the module that is part of the program. */
export async function instantiate(): Promise<Core> {
  return bind(module);
}

export { journal, parts, realtime } from "./later.ts";
