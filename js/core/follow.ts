// How a request is followed: by the stream of its statuses where the way to the service
// carries one, else by asking again and again, which is the Rust side's to pace.

import { CrossCheck, isAhead } from "./cross-check.ts";
import { untilStaying } from "./leaving.ts";
import { mostStreams } from "./multiplexing.ts";
import { close, enter, isOpen, occupy, pathOf, suspect, trust } from "./paths.ts";
import { FalStream } from "./stream.ts";
import { isCompleted, opening } from "./streams.ts";
import type { Updates } from "./updates.ts";
import type { Wasm } from "./wasm.ts";

/** Milliseconds without a byte until a status stream gives way. */
const IDLE_MS = 45_000;
/** The service sends the first status at once: by then a stream has begun, or is held back. */
const FIRST_MS = 2_000;
/** The official client's interval. */
const POLL_MS = 500;
/** A stream that is cut so often is no way to follow a request. */
const TRIES = 2;

/** Whether the caller asks for what the official client does, who reports every status. */
export function isOfficial({ mode, pollInterval }: any): boolean {
  return mode === "polling" || (mode !== "streaming" && pollInterval !== undefined);
}

/** The options by which the Rust side follows a request, telling `updates` of it. */
export function following(wasm: Wasm, config: any, id: unknown, options: any, updates: Updates): object {
  const { mode, pollInterval = POLL_MS, logs, onProgress } = options;
  // Progress is read from the logs.
  const followed = { logs: Boolean(logs || onProgress), onQueueUpdate: (status: unknown) => updates.take(status) };
  if (isOfficial(options)) return { ...followed, pollInterval };

  const path = pathOf(config);
  const isAsked = mode === "streaming";
  let tries = isAsked ? 1 : TRIES;
  /** Streams failed, and whether it was their fault shows when asking works. */
  let isDoubted = false;
  /** A try got no answer since the last stream was opened: the network may be at fault. */
  let isLost = false;
  const onRetry = (): void => {
    isLost = true;
    options.onRetry?.();
  };
  const source = { wasm, timeout: IDLE_MS, ...(!isAsked && { first: FIRST_MS }), toError: (reason: unknown) => reason, isLast: isCompleted };
  return {
    ...followed,
    ...(isAsked && { pollInterval }),
    onRetry,
    onQueueUpdate(status: unknown) {
      if (isDoubted) (isLost ? suspect : close)(path);
      isDoubted = false;
      updates.take(status);
    },
    async followStream({ url, ...request }: Followed, signal: AbortSignal) {
      let last: any;
      while (tries > 0 && (isAsked || isOpen(path))) {
        const leave = isAsked ? occupy(path) : await enter(path, mostStreams(config, url));
        if (!leave) return last;
        try {
          const open = opening(wasm, config, id, { ...options, url, method: "GET", timeout: undefined, onRetry });
          isLost = false;
          const stream = new FalStream({ ...source, signal, open });
          const poll = (): Promise<any> =>
            wasm.status(config, id, { ...request, logs: followed.logs, abortSignal: stream.signal });
          const counts = (status: unknown): boolean => wasm.is_followed_status(status, request.requestId);
          const read = await readStatuses(stream, counts, updates, poll, isAsked);
          last = read.last ?? last;
          if (read.last) trust(path);
          if (signal.aborted || isCompleted(last)) return last;
          tries = read.isRefused ? 0 : tries - 1;
          if (!read.isRefused) options.onRetry?.();
        } finally {
          leave();
        }
        if (tries > 0 || last) await untilStaying(signal);
      }
      isDoubted = tries === 0 && !isAsked;
      return last;
    },
  };
}

/** The request that is followed, as the Rust side knows it. */
interface Followed {
  requestId: string;
  status_url: string;
  /** Of the stream of its statuses. */
  url: string;
}

/**
 * Reads the statuses of a stream up to its end; `counts` tells which events are statuses of the request. Returns the
 * last one, with all the logs or, if `isBare`, as the stream gives it. Rejects with what a callback throws.
 */
async function readStatuses(
  stream: FalStream,
  counts: (status: unknown) => boolean,
  updates: Updates,
  poll: () => Promise<any>,
  isBare: boolean,
): Promise<{ last?: any; isRefused?: boolean }> {
  const logs: unknown[] = [];
  let last: any;
  let thrown: { error: unknown } | undefined;
  const report = (status: any): void => {
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
      // The call has ended already, and with it what it tells.
      if (stream.signal.aborted) break;
      if (!counts(status)) {
        // A login page is no stream of statuses, nor is that of another request.
        if (!last) return { isRefused: true };
        // As after a poll that says such a thing: it is waited for the next one.
        continue;
      }
      check.heard(status);
      if (Array.isArray(status?.logs)) logs.push(...status.logs);
      const whole = "logs" in status ? { ...status, logs: [...logs] } : status;
      last = isBare ? status : whole;
      report(whole);
      if (thrown) break;
    }
  } catch (reason: any) {
    // Nothing came at all: the server knows no such URL, or something holds its answer back.
    if (!last) return { isRefused: reason?.falCode === "http" };
  } finally {
    check.end();
  }
  if (check.found) report(last);
  if (thrown) throw thrown.error;
  return { last, isRefused: !last };
}
