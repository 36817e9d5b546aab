import type { FalStream } from "./stream.ts";

/**
 * Follows a request by the stream of its statuses, telling `onQueueUpdate` of each with all
 * the logs so far, as polling does. Gives the last status; `undefined` where the stream failed,
 * which loses nothing: the caller goes on by polling. Rejects with what the callback throws.
 */
export async function followed(stream: FalStream, { onQueueUpdate }: any): Promise<unknown> {
  const logs: unknown[] = [];
  let last: any;
  let thrown: { error: unknown } | undefined;
  try {
    for await (const status of stream) {
      // The call has ended already, and with it what it tells.
      if (stream.signal.aborted) break;
      last = status;
      if (Array.isArray(status?.logs)) logs.push(...status.logs);
      try {
        onQueueUpdate?.(status && "logs" in status ? { ...status, logs: [...logs] } : status);
      } catch (error) {
        thrown = { error };
        break;
      }
    }
  } catch {
    return undefined;
  }
  if (thrown) throw thrown.error;
  return last;
}
