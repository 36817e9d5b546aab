// Opens streams of a model's answer and of a request's statuses.

import type { ResolvedConfig } from "../resolved-config.ts";
import type { Fields } from "../fields.ts";
import { queryOf } from "./headers.ts";
import { FalStream, type Source } from "./stream.ts";
import { badArgument } from "./bad-argument.ts";
import { type Calls, type StreamOptions, nameRequest } from "./calls.ts";
import type { ConnectionOptions, ModelStreamOptions, StatusStreamOptions } from "./settings.ts";

const EVENTS = "text/event-stream";

/** The stream of a model's answer. `call` holds the caller's `options` and the prepared input. */
export function openModelStream(calls: Calls, config: ResolvedConfig, id: unknown, call: StreamOptions & ModelStreamOptions, options: object): FalStream {
  const { signal, timeout, queryParams, url } = call;
  const query = url ? undefined : queryOf(queryParams ?? {});
  const open = streamOpener(calls, config, id, { ...call, query });
  return new FalStream({ calls, signal, timeout, asked: { config, endpointId: id, options }, toError: (reason) => config.toError(reason, "stream"), open });
}

/** The stream of the statuses of the request in the options. */
export function openStatusStream(calls: Calls, config: ResolvedConfig, id: unknown, options: StatusStreamOptions): FalStream {
  const { abortSignal: signal, timeout } = options;
  const open = streamOpener(calls, config, id, { ...options, method: "GET" });
  const toError = (reason: unknown): unknown => config.toError(nameRequest(reason, options.requestId), "streamStatus");
  return new FalStream({ calls, signal, timeout, asked: { config, endpointId: id, options }, toError, open, isLast: isCompleted });
}

/** Whether a status is the last one of its request. */
export function isCompleted(status: unknown): boolean {
  return (status as Fields)?.status === "COMPLETED";
}

/** Returns a function that sends the request of a stream, with a token if the stream bypasses the proxy. */
export function streamOpener(calls: Calls, config: ResolvedConfig, id: unknown, options: StreamOptions & ConnectionOptions): Source["open"] {
  const { accept = EVENTS, connectionMode } = options;
  return async (signal, onUrl) => {
    const isDirect = connectionMode === "client";
    const headers = isDirect ? { accept, "content-type": "application/json" } : { accept: `application/json, ${accept}` };
    const token = isDirect ? await tokenFor(calls, config, id, options, signal) : undefined;
    // The token stands at the end of the URL.
    const onStreamUrl = (url: string): void => onUrl(url.split(/[?&]fal_jwt_token=/)[0]!);
    return calls.open(config, id, { ...options, headers, token: token && encodeURIComponent(token), abortSignal: signal, onStreamUrl });
  };
}

async function tokenFor(calls: Calls, config: ResolvedConfig, id: unknown, { tokenProvider }: ConnectionOptions, abortSignal: AbortSignal): Promise<string> {
  if (!tokenProvider) {
    console.warn("[fal.stream] Without a tokenProvider, the token is asked for with this client's key or proxy.");
    return calls.token(config, id, { abortSignal });
  }
  const token = await tokenProvider(`${id}${String(id).endsWith("/stream") ? "" : "/stream"}`);
  if (typeof token !== "string" || !token) throw badArgument("tokenProvider", "gave no token");
  return token;
}
