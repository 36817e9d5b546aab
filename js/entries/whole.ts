// Files that hold all parts, for programs without modules. Those that are loaded later elsewhere run at their first use:
// MessagePack needs a `TextEncoder`, which some environments for tests lack.

import make, { type Core } from "../core.js";

/** Compiles the WebAssembly, which is part of this file. */
export function instantiate(): Promise<Core> {
  return make();
}

export { journal, parts, realtime } from "./later.ts";
