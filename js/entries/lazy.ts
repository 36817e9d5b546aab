// The default entry: the module travels in `core.js`, which is fetched at the first call.

import type { Core } from "../core.js";

/** Brings the WebAssembly side in. */
export async function instantiate(): Promise<Core> {
  const { default: make } = await import("../core.js");
  return make();
}

/** Brings the realtime module in. (In the package, that file is what is built of realtime/open.ts.) */
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
