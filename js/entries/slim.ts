// `./slim`: this bundle has no WebAssembly; the caller gives it to `init`.

import type { Core } from "../core.js";
import { bind } from "../glue.js";
import { givenModule } from "../init.ts";

/** Instantiates the module that the caller gave to `init`. */
export async function instantiate(): Promise<Core> {
  return bind(await givenModule());
}

export { journal, parts, realtime } from "./later.ts";
