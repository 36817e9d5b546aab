// The default entry: the module travels in `core.js`, which is fetched at the first call.

import type { Core } from "../core.js";

/** Brings the WebAssembly side in. */
export async function instantiate(): Promise<Core> {
  const { default: make } = await import("../core.js");
  return make();
}

export { journal, parts, realtime } from "./later.ts";
