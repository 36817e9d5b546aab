// `./slim`: no module in the package's code; the caller gives it to `init`.

import type { Core } from "../core.js";
import { bind } from "../glue.js";
import { givenModule } from "../init.ts";

/** Instantiates the module that `init` was given. */
export async function instantiate(): Promise<Core> {
  return bind(await givenModule());
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
