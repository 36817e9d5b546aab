// What is saved of a request: enough to find it again, and nothing that opens a door.

import { badArgument } from "../core/wasm.ts";
import type { PendingEntry, PendingRequest } from "../types/journal.ts";

const DAY_MS = 24 * 3_600_000;
/** How long fal stores results, by default (protocol §5.7). */
const STORED_MS = 30 * DAY_MS;
/** No result goes sooner (protocol §5.7): fal does not know a younger request yet, or was not asked. */
const YOUNG_MS = 360_000;
/** How long a request stays listed that was found to be expired. */
const MARKED_MS = 7 * DAY_MS;

/** What an entry says beside the service's reply. */
interface About {
  logs: unknown;
  label: unknown;
  route: string | undefined;
}

/** A copy of the caller's label as JSON, which every store can keep. */
export function labelOf({ label }: any): unknown {
  try {
    return label === undefined ? undefined : JSON.parse(JSON.stringify(label));
  } catch (cause) {
    throw badArgument("label", "cannot be written as JSON", { cause });
  }
}

/** The entry of a request that was answered with `reply`; nothing where it has no id. */
export function entryOf(endpointId: unknown, reply: any, { logs, label, route }: About): PendingEntry | undefined {
  if (typeof reply?.request_id !== "string") return undefined;
  const named = {
    label,
    logs: logs ? true : undefined,
    route,
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

/** Whether an entry is a client's with this route. Older versions saved none. */
export function isOf(route: string | undefined, entry: PendingEntry): boolean {
  return entry.route === undefined || entry.route === route;
}

/** Whether the service may have a result that it has no more, or not yet, the other time. */
export function isYoung({ submittedAt }: PendingEntry): boolean {
  return !(age(submittedAt) > YOUNG_MS);
}

/** Whether an entry was found to be expired so long ago that it goes. */
export function isDue({ expiredAt }: PendingEntry): boolean {
  return expiredAt !== undefined && age(expiredAt) > MARKED_MS;
}

/** How `pending` lists an entry. */
export function listed(entry: PendingEntry, isFollowed: boolean): PendingRequest {
  const isExpired = entry.expiredAt !== undefined || age(entry.submittedAt) > STORED_MS;
  return { ...entry, state: isExpired ? "expired" : "pending", isFollowed };
}

function age(since: number): number {
  return Date.now() - since;
}

/** The options by which an entry's request is followed. */
export function followed(entry: PendingEntry): object {
  const { requestId, submittedAt, statusUrl, responseUrl, cancelUrl } = entry;
  return { requestId, submittedAt, status_url: statusUrl, response_url: responseUrl, cancel_url: cancelUrl };
}
