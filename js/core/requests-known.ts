// The requests of this client. If an answer names another one of them, a proxy has mixed up the answers.

import type { NamedRequest } from "./engine.ts";

const known = new Set<string>();
/** How many requests are remembered. The oldest are forgotten first. */
const MOST = 10_000;

/** Remembers a request of this client. */
export function rememberRequest(requestId: string): void {
  known.add(requestId);
  if (known.size > MOST) known.delete(known.values().next().value!);
}

/** Tells which request an id in an answer names. */
export function identifyRequest(id: unknown, askedId: string | undefined): NamedRequest {
  if (typeof id !== "string" || !id) return "nobody";
  if (id === askedId) return "asked";
  return known.has(id) ? "known" : "stranger";
}
