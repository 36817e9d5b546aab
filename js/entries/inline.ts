// `./inline`: as the default, but without `import()`, which service workers and background
// scripts of extensions forbid.

import make, { type Core } from "../core.js";
import * as noting from "../journal.js";
import * as sending from "../parts.js";
import * as connections from "../realtime.js";

/** Compiles the WebAssembly side, which is there already. */
export function instantiate(): Promise<Core> {
  return make();
}

/** The realtime module, which is there already. */
export async function realtime(): Promise<any> {
  return connections;
}

/** The journal, which is there already. */
export async function journal(): Promise<any> {
  return noting;
}

/** What sends large files part by part, which is there already. */
export async function parts(): Promise<any> {
  return sending;
}
