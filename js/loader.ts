import type { Core } from "./core.js";
// The build puts the same file of another entry in this one's place: see scripts/entries.mjs.
import { instantiate } from "./entries/lazy.ts";
import { loadError } from "./load-error.ts";

let loading: Promise<Core> | undefined;

/** The WebAssembly side, brought in at its first use. A failed load is tried anew. */
export function load(): Promise<Core> {
  loading ??= instantiate().catch((cause: unknown) => {
    loading = undefined;
    throw loadError(cause);
  });
  return loading;
}
