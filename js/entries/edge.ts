// The `edge-light` condition: as workerd, with the import written as its bundlers want it.

import type { Core } from "../core.js";
import module from "../core.wasm?module";
import { bind } from "../glue.js";

/** Instantiates the module that came with the program. */
export async function instantiate(): Promise<Core> {
  return bind(module);
}

/** Brings the realtime module in. */
export function realtime(): Promise<any> {
  return import("../realtime.js");
}

/** Brings the journal in. */
export function journal(): Promise<any> {
  return import("../journal.js");
}

/** Brings in what sends large files part by part. */
export function parts(): Promise<any> {
  return import("../parts.js");
}
