// The module that is loaded at the first call: the generated glue, the WebAssembly, and the
// JavaScript of js/core/ (see scripts/entries.mjs).

import type { Operations } from "./core/operations.ts";

export type Core = Operations;

export default function make(): Promise<Core>;
