// The `workerd` condition. That runtime forbids compiling bytes, and imports compiled modules instead.

import type { Core } from "../core.js";
import module from "../core.wasm";
import { bind } from "../glue.js";

/** Instantiates the module that is part of the program. */
export async function instantiate(): Promise<Core> {
  return bind(module);
}

export { journal, parts, realtime } from "./later.ts";
