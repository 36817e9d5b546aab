// The generated glue without a module (see scripts/glue.mjs).

import type { Core } from "./core.js";

/** Instantiates the module and returns its functions. */
export function bind(module: WebAssembly.Module): Core;
