import type { Core } from "./core.js";
// The build puts the same file of another entry in this one's place: see scripts/entries.mjs.
import { instantiate, journal, parts } from "./entries/lazy.ts";
import { loadError } from "./load-error.ts";

let loading: Promise<Core> | undefined;

/** The WebAssembly side, brought in at its first use. A failed load is tried anew. */
export async function load(): Promise<Core> {
  const attempt = (loading ??= instantiate().catch((cause: unknown) => {
    loading = undefined;
    throw loadError(cause);
  }));
  const core = await attempt;
  if (!core.isCrashed()) return core;
  // An instance that has trapped is not entered again.
  if (loading === attempt) loading = undefined;
  return load();
}

/** What notes requests, brought in at its first use. */
export const loadJournal = (): Promise<typeof import("./journal/open.ts")> => later(journal());

/** What sends large files part by part, brought in at its first use. */
export const loadParts = (): Promise<typeof import("./core/upload/multipart.ts")> => later(parts());

function later<T>(loading: Promise<T>): Promise<T> {
  return loading.catch((cause: unknown) => {
    throw loadError(cause);
  });
}
