// `./inline`: like the default entry, but without `import()`, which service workers and extensions'
// background scripts forbid.

import make, { type Core } from "../core.js";
import * as journalModule from "../journal.js";
import * as partsModule from "../parts.js";
import * as realtimeModule from "../realtime.js";

/** Compiles the WebAssembly, which is part of this bundle. */
export function instantiate(): Promise<Core> {
  return make();
}

/** The realtime module, which is part of this bundle. The compiler takes `realtime.js` for js/realtime.ts. */
// oxlint-disable-next-line typescript/no-explicit-any -- the compiler takes realtime.js for js/realtime.ts, which has other exports
export async function realtime(): Promise<any> {
  return realtimeModule;
}

/** The module that persists requests, which is part of this bundle. */
export async function journal(): Promise<typeof journalModule> {
  return journalModule;
}

/** The module that sends large files in parts, which is part of this bundle. */
export async function parts(): Promise<typeof partsModule> {
  return partsModule;
}
