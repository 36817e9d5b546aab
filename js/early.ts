import { ApiError } from "./errors.ts";
import type { RealtimeConnection, RealtimeConnectionHandler } from "./types.ts";
import type { Connection } from "./realtime/connection.ts";
import { report } from "./report.ts";

/**
 * A realtime connection that can be used while its module is still on its way. What was sent
 * by then is given to it as the throttle would pass it on: the first input and the latest.
 */
export function earlyConnection(
  open: () => Promise<Connection>,
  handler: RealtimeConnectionHandler<any>,
): RealtimeConnection<any> {
  const { encodeMessage } = handler;
  const isEncoded = encodeMessage !== undefined;
  let connection: Connection | undefined;
  let waiting: unknown[] = [];
  let isClosed = false;

  const begin = oneAtATime(open, {
    done(it) {
      connection = it;
      if (isClosed) it.close();
      for (const message of waiting.splice(0)) it.sendLate(message, isEncoded);
    },
    failed(cause) {
      if (waiting.splice(0).length) report(handler as object, notLoaded(cause));
    },
  });
  begin();
  // No methods: callers take these two apart.
  return {
    send(input) {
      const message = encodeMessage ? encodeMessage(input) : input;
      if (connection) return connection.send(message, isEncoded);
      waiting[Math.min(waiting.length, 1)] = snapshot(message);
      begin();
    },
    close() {
      waiting = [];
      isClosed = true;
      connection?.close();
    },
  };
}

/** Starts work that is not under way or done; work that failed can be started again. */
function oneAtATime<T>(
  work: () => Promise<T>,
  { done, failed }: { done(value: T): void; failed(cause: unknown): void },
): () => void {
  let isStarted = false;
  return () => {
    if (isStarted) return;
    isStarted = true;
    work().then(done, (cause) => {
      isStarted = false;
      failed(cause);
    });
  };
}

// The caller may fill the same buffer anew before this one is sent.
function snapshot(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch {
    return message; // such as a reactive proxy, which can be encoded nevertheless
  }
}

function notLoaded(cause: unknown): ApiError {
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
  const message = `The realtime module of fal-wasm could not be loaded: ${why}. The next send tries again`;
  return new ApiError({ code: "network", status: 500, message, cause });
}
