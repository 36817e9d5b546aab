// The default entry: the module travels in `core.js`, which is fetched at the first call.

import type { Core } from "../core.js";
import { isRemote, online, overNetwork } from "../network.ts";

/** Brings the WebAssembly side in. Offline, it waits for the network, as calls do. */
export async function instantiate(): Promise<Core> {
  // Firefox does not try an import again that has failed.
  if (isRemote()) await online();
  const { default: make } = await overNetwork(() => import("../core.js"));
  return make();
}

export { journal, parts, realtime } from "./later.ts";
