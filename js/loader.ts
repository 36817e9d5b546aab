import type { Core } from "./core.js";
// For another entry, the build replaces this import by that entry's file: see scripts/entries.mjs.
import { instantiate, journal, parts } from "./entries/lazy.ts";
import { loadError } from "./load-error.ts";

let loading: Promise<Core> | undefined;

/** Loads the core at its first use. If loading fails, the next call tries again. */
export async function load(): Promise<Core> {
  const attempt = (loading ??= instantiate().catch((cause: unknown) => {
    loading = undefined;
    throw loadError(cause);
  }));
  const core = await attempt;
  if (!core.isCrashed()) return core;
  // A crashed instance must not be used again, so load a new one.
  if (loading === attempt) loading = undefined;
  return load();
}

/** Loads the module that persists requests. */
export const loadJournal = (): Promise<typeof import("./journal/open.ts")> => withLoadError(journal());

/** Loads the module that sends large files in parts. */
export const loadParts = (): Promise<typeof import("./core/upload/multipart.ts")> => withLoadError(parts());

function withLoadError<T>(loading: Promise<T>): Promise<T> {
  return loading.catch((cause: unknown) => {
    throw loadError(cause);
  });
}
