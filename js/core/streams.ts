// Opens streams of a model's answer and of a request's statuses.

import { queryOf } from "./headers.ts";
import { FalStream } from "./stream.ts";
import { badArgument } from "./bad-argument.ts";
import { type Calls, nameRequest } from "./calls.ts";

const EVENTS = "text/event-stream";

/** The stream of a model's answer. `call` holds the caller's options and the prepared input. */
export function openModelStream(calls: Calls, config: any, id: unknown, call: any): FalStream {
  const { signal, timeout, queryParams, url } = call;
  const query = url ? undefined : queryOf(queryParams ?? {});
  const open = streamOpener(calls, config, id, { ...call, query });
  return new FalStream({ calls, signal, timeout, toError: (reason) => config.toError(reason, "stream"), open });
}

/** The stream of the statuses of the request in the options. */
export function openStatusStream(calls: Calls, config: any, id: unknown, options: any): FalStream {
  const { abortSignal: signal, timeout } = options;
  const open = streamOpener(calls, config, id, { ...options, method: "GET" });
  const toError = (reason: unknown): unknown => config.toError(nameRequest(reason, options.requestId), "streamStatus");
  return new FalStream({ calls, signal, timeout, toError, open, isLast: isCompleted });
}

/** Whether a status is the last one of its request. */
export function isCompleted(status: any): boolean {
  return status?.status === "COMPLETED";
}

/** Returns a function that sends the request of a stream, with a token if the stream bypasses the proxy. */
export function streamOpener(calls: Calls, config: any, id: any, options: any): (signal: AbortSignal) => Promise<Response> {
  const { accept = EVENTS, connectionMode } = options;
  return async (signal) => {
    const isDirect = connectionMode === "client";
    const headers = isDirect ? { accept, "content-type": "application/json" } : { accept: `application/json, ${accept}` };
    const token = isDirect ? await tokenFor(calls, config, id, options, signal) : undefined;
    return calls.open(config, id, { ...options, headers, token: token && encodeURIComponent(token), abortSignal: signal });
  };
}

async function tokenFor(calls: Calls, config: any, id: any, { tokenProvider }: any, abortSignal: AbortSignal): Promise<string> {
  if (!tokenProvider) {
    console.warn("[fal.stream] Without a tokenProvider, the token is asked for with this client's key or proxy.");
    return calls.token(config, id, { abortSignal });
  }
  const token = await tokenProvider(`${id}${String(id).endsWith("/stream") ? "" : "/stream"}`);
  if (typeof token !== "string" || !token) throw badArgument("tokenProvider", "gave no token");
  return token;
}
