// The default entry: `core.js` holds the WebAssembly, and is fetched at the first call.

import type { Core } from "../core.js";
import { isRemote, loadOverNetwork, waitUntilOnline } from "../network.ts";

/** Loads the core. While the device is offline, it waits for the network, as calls do. */
export async function instantiate(): Promise<Core> {
  // Firefox never retries a failed import, so do not start one while offline.
  if (isRemote()) await waitUntilOnline();
  const { default: make } = await loadOverNetwork(() => import("../core.js"));
  return make();
}

export { journal, parts, realtime } from "./later.ts";
