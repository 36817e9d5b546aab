// Warns about options of the configuration that do not exist. Without types, a misspelt one would be ignored in silence.

import type { Config } from "../types/config.ts";
import type { CoreConfig } from "./settings.ts";

const KNOWN: Record<keyof Config | keyof CoreConfig | "loadParts" | "toError", true> = {
  credentials: true,
  suppressLocalCredentialsWarning: true,
  proxyUrl: true,
  requestMiddleware: true,
  responseHandler: true,
  fetch: true,
  retry: true,
  files: true,
  validate: true,
  persist: true,
  // Added by the package.
  isKeyGiven: true,
  userAgent: true,
  loadParts: true,
  toError: true,
  put: true,
};

const warned = new Set<string>();

/** Warns once about each option that does not exist. */
export function warnOfUnknownOptions(config: object): void {
  for (const name of Object.keys(config)) {
    if (name in KNOWN || warned.has(name)) continue;
    warned.add(name);
    const meant = Object.keys(KNOWN).find((known) => known.toLowerCase() === name.toLowerCase());
    console.warn(`fal.config has no option ${name}, which is ignored${meant ? `: write ${meant}` : ""}.`);
  }
}
