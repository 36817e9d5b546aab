// Entries: the saved data of requests. They suffice to find a request again, and hold no secrets.

import { badArgument } from "../core/bad-argument.ts";
import type { RequestOptions, SubmitReply } from "../core/settings.ts";
import type { Fields } from "../fields.ts";
import type { PendingRequest } from "../types/journal.ts";
import type { PendingEntry } from "../types/persist.ts";

const DAY_MS = 24 * 3_600_000;
/** How long fal stores results, by default (protocol §5.7). */
const STORED_MS = 30 * DAY_MS;
/**
 * fal keeps every result at least this long, in milliseconds (protocol §5.7). If a younger request seems to be unknown,
 * fal does not know it yet, or the answer is from another server.
 */
const YOUNG_MS = 360_000;
/** How long an expired request stays listed. */
const MARKED_MS = 7 * DAY_MS;

/** The facts of an entry that are not from the service's reply. */
interface About {
  logs: unknown;
  label: unknown;
  route: string | undefined;
}

/** A copy of the caller's label as plain JSON, which every store can hold. */
export function labelOf({ label }: { label?: unknown }): unknown {
  try {
    return label === undefined ? undefined : JSON.parse(JSON.stringify(label));
  } catch (cause) {
    throw badArgument("label", "cannot be written as JSON", { cause });
  }
}

/** The entry of a request, from the service's `reply` to its submit. Nothing if the reply names no id. */
export function entryOf(endpointId: unknown, reply: Partial<SubmitReply> | null | undefined, { logs, label, route }: About): PendingEntry | undefined {
  if (typeof reply?.request_id !== "string") return undefined;
  const named = {
    label,
    logs: logs ? true : undefined,
    route,
    statusUrl: withoutQuery(reply.status_url),
    responseUrl: withoutQuery(reply.response_url),
    cancelUrl: withoutQuery(reply.cancel_url),
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return { endpointId: String(endpointId), requestId: reply.request_id, submittedAt: Date.now(), ...Object.fromEntries(given) };
}

/** The URL without its query, which may hold a token. Only for `https`. */
function withoutQuery(url: unknown): string | undefined {
  try {
    const { protocol, host, pathname } = new URL(String(url));
    return protocol === "https:" ? `https://${host}${pathname}` : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an entry. Stores may hold anything. */
export function isEntry(value: unknown): value is PendingEntry {
  return typeof (value as Fields)?.endpointId === "string" && typeof (value as PendingEntry).requestId === "string";
}

/** Whether an entry belongs to a client with this route. Older versions saved no route. */
export function isOfRoute(route: string | undefined, entry: PendingEntry): boolean {
  return entry.route === undefined || entry.route === route;
}

/** Whether a request is so young that the service cannot have dropped its result. */
export function isYoung({ submittedAt }: PendingEntry): boolean {
  return !(age(submittedAt) > YOUNG_MS);
}

/** Whether an expired entry is old enough to be deleted. */
export function isDue({ expiredAt }: PendingEntry): boolean {
  return expiredAt !== undefined && age(expiredAt) > MARKED_MS;
}

/** An entry as `pending` lists it. */
export function toPendingRequest(entry: PendingEntry, isFollowed: boolean): PendingRequest {
  const isExpired = entry.expiredAt !== undefined || age(entry.submittedAt) > STORED_MS;
  return { ...entry, state: isExpired ? "expired" : "pending", isFollowed };
}

function age(since: number): number {
  return Date.now() - since;
}

/** The options for following an entry's request. */
export function requestOptions(entry: PendingEntry): RequestOptions & { submittedAt: number } {
  const { requestId, submittedAt, statusUrl, responseUrl, cancelUrl } = entry;
  return { requestId, submittedAt, status_url: statusUrl, response_url: responseUrl, cancel_url: cancelUrl };
}
