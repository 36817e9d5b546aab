// Sends one HTTP request, with the caller's middleware, the key and `fetch`. The engine decides about retries.

import { type AnswerFacts, type HttpFacts, isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import type { RequestConfig } from "../types/middleware.ts";
import { badArgument } from "./bad-argument.ts";
import { signalPart } from "./controllers.ts";
import type { Access, Freshness, Method, OperationName, Reading } from "./engine.ts";
import { limitTo } from "./limit.ts";
import { lossFacts, watchNetwork } from "./lost.ts";
import { type Read, readAnswer } from "./read-answer.ts";
import type { CoreConfig, Fetch, Headers, Routed } from "./settings.ts";

const JSON_TYPE = "application/json";
/** From this status on, a server may have carried out the request. */
const SERVER_ERROR = 500;

/** A request that the engine decided to send. */
export interface Outgoing {
  operation: OperationName;
  method: Method;
  reading: Reading;
  url: string;
  access: Access;
  deadlineMs: number | undefined;
  freshness: Freshness;
}

/** The caller's parts of a request. */
export interface Payload {
  /** Replaces the operation's own method. */
  method?: string | undefined;
  headers?: Headers | undefined;
  body?: unknown;
}

/** The outcome of a request that got an answer. */
export interface Exchange extends Partial<Read> {
  response: Response;
  /** The facts of an HTTP error, or an exception of the caller's response handler. */
  error?: unknown;
  /** The request had a unique URL, to bypass caches. */
  hadOwnUrl?: boolean;
}

/** The callbacks of a request. */
export interface Listener {
  /** Whether a URL is one of fal's own hosts. */
  isFalUrl(url: string): boolean;
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** The caller's own signal, which ends a stream while it is read. */
  readonly callerSignal: AbortSignal | undefined;
  onRequest(request: Routed): void;
  onSend(operation: OperationName): void;
  /** The answer is an error, so nothing is billed. */
  onRefusal(operation: OperationName): void;
  onAnswer(operation: OperationName, body: unknown): void;
}

/** Thrown if the request must not be sent any more. */
const NOT_SENT: unique symbol = Symbol("not sent");

/**
 * Sends a request and reads its answer. Rejects with facts if no answer comes, and with the exceptions of the caller's
 * own code. `maySend` is asked after the middleware, as the call may have ended while it ran.
 */
export async function exchange(config: CoreConfig, outgoing: Outgoing, payload: Payload, listener: Listener, maySend: () => boolean): Promise<Exchange> {
  const { operation, reading, access, freshness } = outgoing;
  const isPresigned = access === "presigned";
  const request = await route(config, outgoing, payload);
  if (!maySend()) throw NOT_SENT;
  listener.onRequest(request);
  const isRead = /^get$/i.test(request.method);
  const hasOwnUrl = Boolean(request.isRouted && isRead && needsOwnUrl(freshness, reading));
  const url = hasOwnUrl ? ownUrl(request.url) : request.url;
  const body = isRead ? undefined : payload.body;
  const headers = isPresigned ? request.headers : withServiceHeaders(config, request, mayHaveKey(access, request, listener));
  // Cloudflare's runtime refuses this mode, which is the default of browsers.
  const mode = isPresigned || globalThis.navigator?.userAgent === "Cloudflare-Workers" ? {} : { mode: "cors" };
  // A stream outlives its call, so it ends by the caller's own signal.
  const limit = limitTo(outgoing.deadlineMs, (reading === "stream" && listener.callerSignal) || listener.signal);
  const cache = isPresigned && !isRead ? {} : noStore();
  const custom = (isPresigned && config.put) || config.fetch;
  if (!isPresigned) lastUrls.set(config, url);
  listener.onSend(operation);
  let response: Response | undefined;
  try {
    response = await limit.within(send(custom, url, { method: request.method, headers, ...mode, ...cache, body }, limit.signal));
    if (response.redirected) request.redirectedTo = response.url;
    if (reading === "stream" && response.ok) return { response, kind: "text", body: response };
    const handler = reading === "json" ? config.responseHandler : undefined;
    const read = await readAnswer(response, reading, handler, limit);
    if (request.isRouted && isRefusal(read.body)) throw { falCode: "http", status: 422, body: read.body } satisfies HttpFacts;
    listener.onAnswer(operation, read.body);
    return { response, ...read };
  } catch (error) {
    if (!response) throw error;
    const isRefused = !response.ok || (isFacts(error) && error.falCode === "http");
    if (isRefused && response.status < SERVER_ERROR) listener.onRefusal(operation);
    return { response, error: error ?? ({ falCode: "bad_response", problem: "responseHandler threw nothing" } satisfies AnswerFacts), hadOwnUrl: hasOwnUrl };
  } finally {
    limit.end();
  }
}

/** The request that a middleware returned. Its headers may be an instance of `Headers`. */
type Chosen = Partial<Omit<RequestConfig, "headers">> & { headers?: Headers & Partial<Pick<globalThis.Headers, "entries">> };

/** The request after the caller's middleware. A presigned URL bypasses the middleware. */
async function route(config: CoreConfig, { method, url, access }: Outgoing, payload: Payload): Promise<Routed> {
  // Copies the request, so that a middleware may change it.
  const request = { method: payload.method ?? method, url, headers: { ...payload.headers } };
  const { requestMiddleware } = config;
  if (access === "presigned" || !requestMiddleware) return request;
  const routed: Chosen = (await requestMiddleware(request as RequestConfig)) ?? {};
  if (!routed.url) throw badArgument("requestMiddleware", "returned no url");
  const headers: Headers = typeof routed.headers?.entries === "function" ? Object.fromEntries(routed.headers.entries()) : { ...routed.headers };
  const chosen = String(routed.url);
  const isRouted = chosen !== url;
  const isTrusted = Boolean(config.isKeyGiven) && isRouted && isConfidential(chosen);
  return { method: routed.method ?? request.method, url: chosen, headers, isRouted, isTrusted };
}

/**
 * Whether to send the key: to fal's own hosts, and to a URL that the caller's own middleware chose for a request to
 * fal. Configuration is trusted, data is not.
 */
function mayHaveKey(access: Access, { url, isRouted, isTrusted }: Routed, { isFalUrl }: Listener): boolean {
  if (!isRouted) return access === "key";
  return (access === "key" && Boolean(isTrusted)) || isFalUrl(url);
}

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether requests to this URL are confidential: `https`, the page's own origin, or this machine. */
function isConfidential(url: string): boolean {
  const { document, location } = globalThis;
  try {
    const { protocol, hostname, origin } = new URL(url, document?.baseURI ?? location?.href);
    return protocol === "https:" || (protocol === "http:" && (origin === location?.origin || LOOPBACK.test(hostname)));
  } catch {
    return false;
  }
}

/** The URL of each client's last request to the service, by the client's configuration. */
const lastUrls = new WeakMap<object, string>();

/** The URL of the last request of the client with this configuration; with a proxy, the proxy's URL. */
export function lastUrlOf(config: object): string | undefined {
  return lastUrls.get(config);
}

/** Whether the request needs a unique URL. A result does behind a service worker, whose cache ignores `no-store`. */
function needsOwnUrl(freshness: Freshness, reading: Reading): boolean {
  if (freshness === "usual") return reading === "content" && hasServiceWorker();
  return freshness === "own_urls";
}

function hasServiceWorker(): boolean {
  try {
    return Boolean(globalThis.navigator.serviceWorker.controller);
  } catch {
    return false;
  }
}

let ownUrls = 0;

/** A unique URL of the same proxy, which no cache has seen. */
function ownUrl(url: string): string {
  ownUrls += 1;
  return `${url}${url.includes("?") ? "&" : "?"}fal-try=${Date.now().toString(36)}-${ownUrls}`;
}

/** The headers of a request to the service. The caller's headers override ours. */
function withServiceHeaders(config: CoreConfig, { headers: given }: Routed, mayHaveKey: boolean): Headers {
  const key = mayHaveKey && keyOf(config);
  // Ignores case: `fetch` would join two spellings into one header with two values.
  const names = Object.keys(given).map((name) => name.toLowerCase());
  const ours = {
    Authorization: key && `Key ${key}`,
    Accept: JSON_TYPE,
    "Content-Type": JSON_TYPE,
    "User-Agent": config.userAgent,
  };
  const added = Object.entries(ours).filter(([name, value]) => value && !names.includes(name.toLowerCase()));
  return { ...Object.fromEntries(added), ...given };
}

/** The key, if there is one. An invalid key is refused here, as the error of `fetch` would quote it. */
function keyOf({ credentials }: CoreConfig): string | undefined {
  const key = typeof credentials === "function" ? credentials() : credentials;
  if (!key || /^[!-~]+$/.test(key)) return key;
  throw badArgument("credentials", "are no key: a key is printable ASCII, without spaces or line breaks");
}

let noStoreInit: { cache?: "no-store" } | undefined;

/** Makes `fetch` bypass caches, if the runtime supports it. Older versions of Cloudflare's do not. */
function noStore(): { cache?: "no-store" } {
  if (noStoreInit) return noStoreInit;
  const init = { cache: "no-store" } as const;
  try {
    buildRequest("https://fal.run", init);
    noStoreInit = init;
  } catch {
    noStoreInit = {};
  }
  return noStoreInit;
}

async function send(custom: Fetch | undefined, url: string, init: object, signal: AbortSignal): Promise<Response> {
  let response: Response | undefined;
  const isStillAway = watchNetwork();
  try {
    // Passes a URL, as React on a server answers a repeated `Request` from its memory.
    response = await (custom ?? fetch)(url, { ...init, ...signalPart(signal) });
  } catch (cause) {
    if (!custom) rejectImpossible(url, init);
    const isUnsent = isStillAway() && !custom && isBrowsersOwn();
    // Other exceptions of a caller's own `fetch` are no network failures.
    throw cause instanceof TypeError || typeof (cause as Fields)?.code === "string" ? lossFacts(cause, isUnsent) : cause;
  } finally {
    isStillAway();
  }
  if (typeof response?.headers?.get === "function" && typeof response.status === "number") return response;
  throw { falCode: "bad_response", problem: "fetch gave no Response" } satisfies AnswerFacts;
}

/**
 * Whether `fetch` is the browser's own, without a service worker. Any other may report a failure, and still send the
 * request when the network is back.
 */
function isBrowsersOwn(): boolean {
  return Function.prototype.toString.call(fetch).includes("[native code]") && !globalThis.navigator?.serviceWorker?.controller;
}

/** Builds a request, to see whether the runtime can: it throws if not. */
function buildRequest(url: string, init: object): Request {
  return new Request(url, init);
}

/**
 * Throws if the browser cannot build the request, for example with a line break in a header. That is no network
 * failure, and a retry would fail, too.
 */
function rejectImpossible(url: string, init: object): void {
  try {
    buildRequest(url, init);
  } catch (cause) {
    throw badArgument("request", (cause as Error).message, { cause });
  }
}

/**
 * Whether a body is the service's refusal of an input, and nothing else. Some proxies answer 200 for every status of
 * the service.
 */
function isRefusal(body: unknown): boolean {
  const findings = (body as Fields)?.detail;
  const isAlone = Array.isArray(findings) && findings.length > 0 && Object.keys(body as object).length === 1;
  return isAlone && findings.every((it) => it?.loc?.[0] === "body" && typeof it.msg === "string" && typeof it.type === "string");
}
