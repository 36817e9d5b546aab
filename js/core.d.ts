// The module that is brought in at the first call: the generated glue, the WebAssembly, and
// the JavaScript of js/core/ around it (see scripts/entries.mjs).

import type { Operations } from "./core/operations.ts";

export type Core = Operations;

export default function make(): Promise<Core>;
