// The configuration of a client, as its parts read it.

import type { Config } from "./types.ts";

/** The configuration as the core reads it. */
export interface ResolvedConfig extends Omit<Config, "proxyUrl"> {
  /** The proxy that the middleware sends requests to. The limit of streams is counted for each proxy. */
  proxyUrl?: string;
  /** The caller gave the key in the configuration. Only such a key may be sent to the caller's proxy. */
  isKeyGiven: boolean;
  /** The `User-Agent` to send. Undefined in browsers, which set their own. */
  userAgent: string | undefined;
  /** Loads the module that sends large files in parts. */
  loadParts(): Promise<typeof import("./core/upload/multipart.ts")>;
  /** Turns the facts that the core rejects with into an exception. */
  toError(reason: unknown, call?: string): unknown;
}
