// What is brought in at its first use, wherever `import()` is allowed. (In the package, each of
// these files is what scripts/entries.mjs builds of a module in js/.)

import { overNetwork } from "../network.ts";

/** Brings the realtime module in. */
export function realtime(): Promise<any> {
  return overNetwork(() => import("../realtime.js"));
}

/** Brings the journal in. */
export function journal(): Promise<any> {
  return overNetwork(() => import("../journal.js"));
}

/** Brings in what sends large files part by part. */
export function parts(): Promise<any> {
  return overNetwork(() => import("../parts.js"));
}
