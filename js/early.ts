import { ApiError } from "./errors.ts";
import type { RealtimeConnection, RealtimeConnectionHandler } from "./types.ts";
import type { Connection } from "./realtime/connection.ts";
import { report } from "./report.ts";

/**
 * A realtime connection that can be used while its module is still loading. Of the inputs sent until then, it
 * keeps the first and the latest, as the throttle would, and sends them when the module is loaded.
 */
export function earlyConnection(
  open: () => Promise<Connection>,
  handler: RealtimeConnectionHandler<unknown>,
): RealtimeConnection<unknown> {
  const { encodeMessage } = handler;
  const isEncoded = encodeMessage !== undefined;
  let connection: Connection | undefined;
  let waiting: unknown[] = [];
  let isClosed = false;

  const begin = oneAtATime(open, {
    onDone(it) {
      connection = it;
      if (isClosed) it.close();
      for (const message of waiting.splice(0)) it.sendLate(message, isEncoded);
    },
    onFailure(cause) {
      if (waiting.splice(0).length) report(handler as object, notLoaded(cause));
    },
  });
  begin();
  // These functions use no `this`, as callers destructure the connection.
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

/** Returns a function that starts work unless it runs or has succeeded. Work that failed can be started again. */
function oneAtATime<T>(
  work: () => Promise<T>,
  { onDone, onFailure }: { onDone(value: T): void; onFailure(cause: unknown): void },
): () => void {
  let isStarted = false;
  return () => {
    if (isStarted) return;
    isStarted = true;
    work().then(onDone, (cause) => {
      isStarted = false;
      onFailure(cause);
    });
  };
}

// Copies the message, as the caller may overwrite its buffer before the message is sent.
function snapshot(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch {
    return message; // such as a reactive proxy: it cannot be cloned, but it can be encoded
  }
}

function notLoaded(cause: unknown): ApiError {
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
  const message = `The realtime module of fal-wasm could not be loaded: ${why}. The next send tries again`;
  return new ApiError({ code: "network", status: 500, message, cause });
}
