// Follows a request by the event stream of its statuses, if the route carries event streams. Otherwise the engine
// polls, and decides the poll delay.

import type { ResolvedConfig } from "../resolved-config.ts";
import { isFacts } from "../facts.ts";
import type { QueueModeOptions } from "../types/queue.ts";
import type { RequestLog } from "../types/status.ts";
import { CrossCheck, isAhead } from "./cross-check.ts";
import { untilStaying } from "./leaving.ts";
import { mostStreams } from "./multiplexing.ts";
import { countStream, mayStream, stopStreaming, streamRouteOf, suspectRoute, takeSlot, trustRoute } from "./paths.ts";
import { FalStream } from "./stream.ts";
import type { FollowOptions, Followed, FollowingOptions, StatusBody } from "./settings.ts";
import { isCompleted } from "./streams.ts";
import type { Updates } from "./updates.ts";
import type { Calls } from "./calls.ts";

/** A status stream without a byte for this many milliseconds is given up. */
const IDLE_MS = 45_000;
/** The service sends the first status at once. If none comes in this time, a proxy holds it back. In milliseconds. */
const FIRST_MS = 2_000;
/** The official client's interval. */
const POLL_MS = 500;
/** If streaming fails this often, the client polls. */
const TRIES = 2;

/** Whether the caller asks for the official client's behaviour, which reports every status. */
export function isOfficial({ mode, pollInterval }: QueueModeOptions): boolean {
  return mode === "polling" || (mode !== "streaming" && pollInterval !== undefined);
}

/** The options of a call that follows a request, and reports its statuses to `updates`. */
export function followOptions(calls: Calls, config: ResolvedConfig, id: unknown, options: FollowingOptions, updates: Updates): FollowOptions {
  const { mode, pollInterval = POLL_MS, logs, onProgress } = options;
  // The client reads the progress from the logs.
  const followed = { logs: Boolean(logs || onProgress), onQueueUpdate: (status: StatusBody) => updates.take(status) };
  if (isOfficial(options)) return { ...followed, pollInterval };

  const route = streamRouteOf(config);
  const isAsked = mode === "streaming";
  let tries = isAsked ? 1 : TRIES;
  /** Streaming failed. If polling works, mark this route as unable to stream. */
  let isDoubted = false;
  /** A try got no answer since the last stream was opened, so the network may be the cause. */
  let isLost = false;
  /** The last stream got no answer. */
  let wasUnopened = false;
  const onRetry = (): void => {
    isLost = true;
    options.onRetry?.();
  };
  const source = { calls, timeout: IDLE_MS, ...(!isAsked && { first: FIRST_MS }), toError: (reason: unknown) => reason, isLast: isCompleted };
  return {
    ...followed,
    ...(isAsked && { pollInterval }),
    onRetry,
    onQueueUpdate(status: StatusBody) {
      if (isDoubted) (isLost ? suspectRoute : stopStreaming)(route);
      isDoubted = false;
      updates.take(status);
    },
    async followStream({ url, open, ...request }: Followed, signal: AbortSignal) {
      let last: StatusBody | undefined;
      while (tries > 0 && (isAsked || mayStream(route))) {
        const freeSlot = isAsked ? countStream(route) : await takeSlot(route, mostStreams(config, url));
        if (!freeSlot) return last;
        try {
          isLost = wasUnopened;
          wasUnopened = false;
          let unopened: unknown;
          const openStream = (signal: AbortSignal): Promise<Response> =>
            open(signal).catch((reason) => {
              unopened = reason;
              throw reason;
            });
          const stream = new FalStream({ ...source, signal, open: openStream });
          const poll = (): Promise<StatusBody> =>
            calls.status(config, id, { ...request, logs: followed.logs, abortSignal: stream.signal });
          const counts = (status: unknown): status is StatusBody => calls.isFollowedStatus(status, request.requestId);
          const read = await readStatuses(stream, counts, updates, poll, isAsked);
          last = read.last ?? last;
          if (read.last) trustRoute(route);
          if (signal.aborted || isCompleted(last)) return last;
          if (isFacts(unopened) && unopened.falCode === "network") {
            // The engine opens the stream again, or polls.
            wasUnopened = true;
            isDoubted = !isAsked;
            await untilStaying(signal);
            throw unopened;
          }
          isDoubted = false;
          tries = read.isRefused ? 0 : tries - 1;
          if (!read.isRefused) options.onRetry?.();
        } finally {
          freeSlot();
        }
        if (tries > 0 || last) await untilStaying(signal);
      }
      isDoubted = tries === 0 && !isAsked;
      return last;
    },
  };
}

/**
 * Reads the statuses of a stream up to its end. `counts` tells which events are statuses of the request. Returns the
 * last status, with all the logs or, if `isBare`, as the stream gave it. If a callback throws, rejects with that error.
 */
async function readStatuses(
  stream: FalStream,
  counts: (status: unknown) => status is StatusBody,
  updates: Updates,
  poll: () => Promise<StatusBody>,
  isBare: boolean,
): Promise<{ last?: StatusBody | undefined; isRefused?: boolean }> {
  const logs: RequestLog[] = [];
  let last: StatusBody | undefined;
  let thrown: { error: unknown } | undefined;
  const report = (status: StatusBody): void => {
    try {
      updates.take(status);
    } catch (error) {
      thrown = { error };
    }
  };
  const check = new CrossCheck(poll, (status) => {
    if (!isAhead(status, last)) return false;
    last = status;
    stream.abort();
    return true;
  });
  try {
    for await (const status of stream) {
      // The call has ended, so report nothing more.
      if (stream.signal.aborted) break;
      if (!counts(status)) {
        // This is no status stream of the request: it may be a login page, or about another request.
        if (!last) return { isRefused: true };
        // Ignore this event, as polling ignores such an answer.
        continue;
      }
      check.noteStatus(status);
      if (Array.isArray(status?.logs)) logs.push(...status.logs);
      const whole = "logs" in status ? { ...status, logs: [...logs] } : status;
      last = isBare ? status : whole;
      report(whole);
      if (thrown) break;
    }
  } catch (reason) {
    // No status came: the server does not know the URL, or a proxy holds the answer back.
    if (!last) return { isRefused: isFacts(reason) && reason.falCode === "http" };
  } finally {
    check.end();
  }
  if (check.found) report(last!);
  if (thrown) throw thrown.error;
  return { last, isRefused: !last };
}
