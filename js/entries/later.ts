// Modules that are loaded at their first use, for runtimes that allow `import()`. (In the package,
// scripts/entries.mjs builds each of these files from a module in js/.)

import { loadOverNetwork } from "../network.ts";

/** Loads the module that opens sockets. */
export function realtime(): Promise<typeof import("../realtime.js")> {
  return loadOverNetwork(() => import("../realtime.js"));
}

/** Loads the module that persists requests. */
export function journal(): Promise<typeof import("../journal.js")> {
  return loadOverNetwork(() => import("../journal.js"));
}

/** Loads the module that sends large files in parts. */
export function parts(): Promise<typeof import("../parts.js")> {
  return loadOverNetwork(() => import("../parts.js"));
}
