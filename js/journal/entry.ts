// What is noted of a request: enough to find it again, and nothing that opens a door.

import { badArgument } from "../core/wasm.ts";
import type { PendingEntry } from "../types/journal.ts";

/** How long fal stores results, by default (protocol §5.7). */
const KEPT_MS = 30 * 24 * 3_600_000;

/** A copy of the caller's label as JSON, which every store can keep. */
export function labelOf({ label }: any): unknown {
  try {
    return label === undefined ? undefined : JSON.parse(JSON.stringify(label));
  } catch (cause) {
    throw badArgument("label", "cannot be written as JSON", { cause });
  }
}

/** The entry of a request that was answered with `reply`; nothing where it has no id. */
export function entryOf(endpointId: unknown, reply: any, logs: unknown, label: unknown): PendingEntry | undefined {
  if (typeof reply?.request_id !== "string") return undefined;
  const named = {
    label,
    logs: logs ? true : undefined,
    statusUrl: plain(reply.status_url),
    responseUrl: plain(reply.response_url),
    cancelUrl: plain(reply.cancel_url),
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return { endpointId: String(endpointId), requestId: reply.request_id, submittedAt: Date.now(), ...Object.fromEntries(given) };
}

/** Without its query, as that is where URLs carry tokens. */
function plain(url: unknown): string | undefined {
  try {
    const { protocol, host, pathname } = new URL(String(url));
    return protocol === "https:" ? `https://${host}${pathname}` : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an entry: stores may hold anything. */
export function isEntry(value: any): value is PendingEntry {
  return typeof value?.endpointId === "string" && typeof value.requestId === "string";
}

/** Whether the service has dropped the result by now. */
export function isExpired({ submittedAt }: PendingEntry): boolean {
  return Date.now() - submittedAt > KEPT_MS;
}

/** The options by which an entry's request is followed. */
export function followed(entry: PendingEntry): object {
  const { requestId, submittedAt, statusUrl, responseUrl, cancelUrl } = entry;
  return { requestId, submittedAt, status_url: statusUrl, response_url: responseUrl, cancel_url: cancelUrl };
}
