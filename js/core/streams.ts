// Starting streams: of a model's answer, and of a request's statuses.

import { aboutRequest } from "./answers.ts";
import { queryOf } from "./headers.ts";
import { FalStream } from "./stream.ts";
import { type Wasm, badArgument } from "./wasm.ts";

const EVENTS = "text/event-stream";

/** A model's answer. `call` holds the caller's options, and what was made of the input. */
export function streamed(wasm: Wasm, config: any, id: unknown, call: any): FalStream {
  const { signal, timeout, queryParams, url } = call;
  const query = url ? undefined : queryOf(queryParams ?? {});
  const open = opening(wasm, config, id, { ...call, query });
  return new FalStream({ wasm, signal, timeout, toError: (reason) => config.toError(reason, "stream"), open });
}

/** The statuses of the request that the options name. */
export function statusStream(wasm: Wasm, config: any, id: unknown, options: any): FalStream {
  const { abortSignal: signal, timeout } = options;
  const open = opening(wasm, config, id, { ...options, method: "GET" });
  const toError = (reason: unknown): unknown => config.toError(aboutRequest(reason, options), "streamStatus");
  return new FalStream({ wasm, signal, timeout, toError, open, isLast: isCompleted });
}

/** Whether a status is the last one of its request. */
export function isCompleted(status: any): boolean {
  return status?.status === "COMPLETED";
}

/** Sends the request of a stream, with a token where it bypasses the proxy. */
export function opening(wasm: Wasm, config: any, id: any, options: any): (signal: AbortSignal) => Promise<Response> {
  const { accept = EVENTS, connectionMode } = options;
  return async (signal) => {
    const isDirect = connectionMode === "client";
    const headers = isDirect ? { accept, "content-type": "application/json" } : { accept: `application/json, ${accept}` };
    const token = isDirect ? await tokenFor(wasm, config, id, options, signal) : undefined;
    return wasm.open(config, id, { ...options, headers, token: token && encodeURIComponent(token), abortSignal: signal });
  };
}

async function tokenFor(wasm: Wasm, config: any, id: any, { tokenProvider }: any, abortSignal: AbortSignal): Promise<string> {
  if (!tokenProvider) {
    console.warn("[fal.stream] Without a tokenProvider, the token is asked for with this client's key or proxy.");
    return wasm.token(config, id, { abortSignal });
  }
  const token = await tokenProvider(`${id}${String(id).endsWith("/stream") ? "" : "/stream"}`);
  if (typeof token !== "string" || !token) throw badArgument("tokenProvider", "gave no token");
  return token;
}
