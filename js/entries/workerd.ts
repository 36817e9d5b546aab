// The `workerd` condition: that runtime compiles no bytes, and takes modules ready-made.

import type { Core } from "../core.js";
import module from "../core.wasm";
import { bind } from "../glue.js";

/** Instantiates the module that came with the program. */
export async function instantiate(): Promise<Core> {
  return bind(module);
}

export { journal, parts, realtime } from "./later.ts";
