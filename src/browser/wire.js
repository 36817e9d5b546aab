// What only JavaScript can do well for one HTTP call: run the caller's functions, build the
// plain objects that `fetch` takes, and read an answer by its content type. Failures are
// thrown as the facts that `error.rs` reads. Whether, where and how often is Rust's to say.

import { newController, signalPart } from "./watch.js";

const JSON_TYPE = "application/json";

/**
 * The request, after the caller's middleware where it goes to the service. `isTrusted`: the caller's
 * own configuration sends it elsewhere (`isRouted`), to where the key that the caller gave may go along.
 */
export async function route(config, givenMethod, method, url, headers, isPresigned) {
  // A copy: a middleware that changes it changes this request only.
  const request = { method: givenMethod ?? method, url, headers: { ...headers } };
  const { requestMiddleware } = config;
  if (isPresigned || !requestMiddleware) return request;
  const routed = (await requestMiddleware(request)) ?? {};
  if (!routed.url) throw { falCode: "invalid_argument", argument: "requestMiddleware", problem: "returned no url" };
  const named = typeof routed.headers?.entries === "function" ? Object.fromEntries(routed.headers.entries()) : { ...routed.headers };
  const chosen = String(routed.url);
  const isRouted = chosen !== url;
  const isTrusted = Boolean(config.isKeyGiven) && isRouted && isConfidential(chosen);
  return { method: routed.method ?? request.method, url: chosen, headers: named, isRouted, isTrusted };
}

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether nobody on the way can read what goes to this URL: `https`, our own origin, or this machine. */
function isConfidential(url) {
  const { document, location } = globalThis;
  try {
    const { protocol, hostname, origin } = new URL(url, document?.baseURI ?? location?.href);
    return protocol === "https:" || (protocol === "http:" && (origin === location?.origin || LOOPBACK.test(hostname)));
  } catch {
    return false;
  }
}

/** A middleware that sends everything to a proxy. */
export function proxied(proxyUrl) {
  return ({ method, url, headers }) => ({ method, url: proxyUrl, headers: { ...headers, "x-fal-target-url": url } });
}

/** The URL of each client's last call to the service, by the client's configuration. */
const lastUrls = new WeakMap();

/** The URL that the last call of the client with this configuration went to: the proxy's where there is one. */
export function lastUrlOf(config) {
  return lastUrls.get(config);
}

/** From this status on, a server may have done what it was asked for. */
const SERVER_ERROR = 500;

const BY_HANDLER = 0;
const BY_CONTENT = 1;
const NOT_AT_ALL = 2;

/** The requests that this client has asked after. */
const known = new Set();
/** So many of them are remembered, the newest ones. */
const MOST_KNOWN = 10_000;

/** This client asks after a request of this id. */
export function know(requestId) {
  known.add(requestId);
  if (known.size > MOST_KNOWN) known.delete(known.values().next().value);
}

/** Whether this client has asked after a request of this id. */
export function isKnown(requestId) {
  return known.has(requestId);
}

/**
 * Sends a request, and reads the answer: by the caller's handler, by its content type, or, for
 * whoever reads it as it comes, not at all. To a presigned URL it goes as it stands, without a
 * key; to the service with the headers that every call has, and with the key where
 * `mayHaveKey` says so.
 *
 * It fails when nothing comes for `deadlineMs`. `mayHaveOwnUrl`: a proxied read gets a URL of its own, or none; by
 * default a result does where a cache may answer.
 */
export async function exchange(config, request, given, watch, isPresigned, mayHaveKey, reading, operation, deadlineMs, mayHaveOwnUrl) {
  watch.request = request;
  const { method } = request;
  const isRead = /^get$/i.test(method);
  const hasOwnUrl = request.isRouted && isRead && (mayHaveOwnUrl ?? (reading === BY_CONTENT && hasServiceWorker()));
  const url = hasOwnUrl ? ownUrl(request.url) : request.url;
  const body = isRead ? undefined : given;
  const headers = isPresigned ? request.headers : { ...serviceHeaders(config, request.headers, mayHaveKey), ...request.headers };
  // Cloudflare's runtime refuses the mode that browsers have by default.
  const mode = isPresigned || globalThis.navigator?.userAgent === "Cloudflare-Workers" ? {} : { mode: "cors" };
  // A stream goes on when its call has settled, and ends at its own signal.
  const limit = limited((reading === NOT_AT_ALL && watch.given) || watch.signal, deadlineMs);
  const { signal } = limit;
  const cache = isPresigned && !isRead ? {} : uncached();
  const custom = (isPresigned && config.put) || config.fetch;
  if (!isPresigned) lastUrls.set(config, url);
  watch.sends(operation);
  let response;
  try {
    response = await limit.within(send(custom, url, { method, headers, ...mode, ...cache, signal, body }));
    if (response.redirected) request.redirectedTo = response.url;
    if (reading === NOT_AT_ALL && response.ok) return { response, body: response };
    const answer = await read(response, reading === BY_HANDLER && config.responseHandler, reading, limit);
    if (request.isRouted && isRefusal(answer.body)) throw { falCode: "http", status: 422, body: answer.body };
    watch.got(operation, answer.body);
    return { response, named: response.headers.get("x-fal-request-id") ?? undefined, ...answer };
  } catch (error) {
    if (!response) throw error;
    const isRefused = !response.ok || error?.falCode === "http";
    if (isRefused && response.status < SERVER_ERROR) watch.refused(operation);
    const thrown = error ?? { falCode: "bad_response", problem: "responseHandler threw nothing" };
    return { response, error: thrown, hasOwnUrl, ...(!response.ok && refusal(response, config, thrown.body)) };
  } finally {
    limit.end();
  }
}

/** What an HTTP error says of another try. */
function refusal({ status, headers }, { retry }, body) {
  const listed = retry?.retryableStatusCodes;
  return {
    status,
    isListed: Array.isArray(listed) ? listed.includes(status) : undefined,
    retryAfter: headers.get("retry-after"),
    timeoutType: headers.get("x-fal-request-timeout-type"),
    // Of the request itself: what a failed job leaves.
    errorType: headers.get("x-fal-error-type") ?? body?.error_type ?? body?.detail?.[0]?.type,
  };
}

let uncachedInit;

/** Has `fetch` neither ask a cache nor fill one, where the runtime knows how: Cloudflare's used not to. */
function uncached() {
  if (uncachedInit) return uncachedInit;
  const init = { cache: "no-store" };
  try {
    uncachedInit = new Request("https://fal.run", init) && init;
  } catch {
    uncachedInit = {};
  }
  return uncachedInit;
}

/** Whether a service worker may answer this page's requests. Its cache heeds no `no-store`. */
function hasServiceWorker() {
  try {
    return Boolean(globalThis.navigator.serviceWorker.controller);
  } catch {
    return false;
  }
}

let ownUrls = 0;

/** A URL that no cache has seen, of the same proxy. */
function ownUrl(url) {
  ownUrls += 1;
  return `${url}${url.includes("?") ? "&" : "?"}fal-try=${Date.now().toString(36)}-${ownUrls}`;
}

/** A signal that is aborted with `outer`, and when something takes longer than `ms` milliseconds. */
function limited(outer, ms) {
  if (ms === undefined) return { isLimited: false, signal: outer, within: (coming) => coming, end() {} };
  const controller = newController();
  const abort = () => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener("abort", abort);
  return {
    isLimited: true,
    signal: controller.signal,
    async within(coming) {
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => {
          reject(lost(new Error(`nothing came for ${ms} ms`)));
          controller.abort();
        }, ms);
        // Node need not wait for a fetch that is no connection.
        timer.unref?.();
      });
      try {
        return await Promise.race([coming, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    end: () => outer.removeEventListener("abort", abort),
  };
}

/**
 * Whether a body is the service's refusal of an input, and nothing else: some proxies answer 200
 * whatever the service said.
 */
function isRefusal(body) {
  const findings = body?.detail;
  const isAlone = Array.isArray(findings) && findings.length > 0 && Object.keys(body).length === 1;
  return isAlone && findings.every((it) => it?.loc?.[0] === "body" && typeof it.msg === "string" && typeof it.type === "string");
}

/** The headers that every call to the service has, and that the caller did not give. */
function serviceHeaders(config, given, mayHaveKey) {
  const key = mayHaveKey && keyOf(config);
  // In whatever case: both spellings would go out as one header with two values.
  const names = Object.keys(given).map((name) => name.toLowerCase());
  const ours = {
    Authorization: key && `Key ${key}`,
    Accept: JSON_TYPE,
    "Content-Type": JSON_TYPE,
    "User-Agent": config.userAgent,
  };
  return Object.fromEntries(Object.entries(ours).filter(([name, value]) => value && !names.includes(name.toLowerCase())));
}

/** The key, if there is one. A header that cannot be built would quote it in its error. */
function keyOf({ credentials }) {
  const key = typeof credentials === "function" ? credentials() : credentials;
  if (!key || /^[!-~]+$/.test(key)) return key;
  throw { falCode: "invalid_argument", argument: "credentials", problem: "are no key: a key is printable ASCII, without spaces or line breaks" };
}

async function send(custom, url, { signal, ...init }) {
  let response;
  const isStillAway = watchNetwork();
  try {
    // A URL, not a Request: React on a server answers a repeated Request from its memory.
    response = await (custom ?? fetch)(url, { ...init, ...signalPart(signal) });
  } catch (cause) {
    if (!custom) check(url, init);
    const isUnsent = isStillAway() && !custom && isBrowsersOwn();
    // A caller's own fetch may be ended on purpose, or fail at what is no connection.
    throw cause instanceof TypeError || typeof cause?.code === "string" ? lost(cause, isUnsent) : cause;
  } finally {
    isStillAway();
  }
  if (typeof response?.headers?.get === "function" && typeof response.status === "number") return response;
  throw { falCode: "bad_response", problem: "fetch gave no Response" };
}

/** Watches for the network to come back. Returns a function that ends this, and says whether it was away all the time. */
function watchNetwork() {
  let isAway = isOffline();
  const back = () => (isAway = false);
  if (isAway) globalThis.addEventListener?.("online", back);
  return () => {
    globalThis.removeEventListener?.("online", back);
    return isAway && isOffline();
  };
}

/**
 * Whether `fetch` is the browser's own, and no service worker is before it: anything else may wait
 * for the network and send what seemed to have failed.
 */
function isBrowsersOwn() {
  return /\[native code\]/.test(Function.prototype.toString.call(fetch)) && !globalThis.navigator?.serviceWorker?.controller;
}

/** A failure of the network; `isUnsent` where the request has certainly not left the machine. */
function lost(cause, isUnsent = false) {
  return { falCode: "network", cause, isOffline: isOffline(), isUnsent };
}

/** Whether there is no network at all: only `false` says so, and some runtimes say nothing. */
function isOffline() {
  return globalThis.navigator?.onLine === false;
}

/**
 * What the browser says of a request that cannot be built, such as one with a line break in a
 * header, is no network failure and would fail again.
 */
function check(url, init) {
  try {
    new Request(url, init);
  } catch (cause) {
    throw { falCode: "invalid_argument", argument: "request", problem: cause.message, cause };
  }
}

/** Types whose bytes are no text. */
const BINARY = /^(image|audio|video|font|model)\/(?!svg)|\/(octet-stream|pdf|wasm|protobuf|(x-)?(zip|gzip|tar|msgpack|7z-compressed))/;

const PAGE = /^(text\/html|application\/xhtml\+xml)$/;
/** Some servers call every text plain. */
const PAGE_TEXT = /^\s*<(!doctype html|html)\b/i;

/**
 * What an answer says: its `kind`, by which `answer.rs` judges it, and its `body`. What it says as JSON is
 * `said`, where it is JSON or a text that holds some. Throws for an HTTP error.
 */
async function read(response, handle, reading, limit) {
  if (typeof handle === "function") {
    const body = await handle(response);
    return { kind: "handled", body, said: body };
  }
  const { status, statusText, headers } = response;
  if (!response.ok) {
    // Half an error answer is an error answer still: its status counts.
    const text = await limit.within(response.text()).catch(() => "");
    throw {
      falCode: "http",
      status,
      statusText,
      body: parsed(text),
      requestId: headers.get("x-fal-request-id") ?? undefined,
      timeoutType: headers.get("x-fal-request-timeout-type") ?? undefined,
    };
  }
  const type = (headers.get("content-type") ?? "").toLowerCase();
  // Between two pieces of a result as much time may pass as before the first one.
  const whole = reading === BY_CONTENT ? (as) => inPieces(response, as, limit) : (as) => limit.within(bodyOf(response, as));
  try {
    if (BINARY.test(type) && reading !== BY_HANDLER) return bytesRead(await whole("arrayBuffer"));
    return textRead(await whole("text"), type, reading === BY_HANDLER);
  } catch (cause) {
    throw cause?.falCode ? cause : lost(cause);
  }
}

function bytesRead(body) {
  return { kind: body.byteLength > 0 ? "bytes" : "empty", body };
}

/** What a text says. Where JSON is due, a proxy may have given it another type. */
function textRead(text, type, isJsonDue) {
  const isJson = type.includes("application/json");
  const essence = type.split(";")[0].trim();
  if (!text.trim()) return { kind: "empty", body: isJson ? undefined : text };
  if (essence === "text/event-stream") return { kind: "events", body: text };
  if (!isJson && (PAGE.test(essence) || PAGE_TEXT.test(text))) return { kind: "page", body: text };
  try {
    if (isJson || isJsonDue) return jsonRead(JSON.parse(text));
  } catch (cause) {
    if (isJson) return { kind: "broken", cause };
  }
  return { kind: "text", body: text, said: text.startsWith("{") ? parsed(text) : undefined };
}

function jsonRead(body) {
  return { kind: "json", body, said: body };
}

/** The body of an answer, as `text` or as an `arrayBuffer`. What a caller's own fetch gives may have `json` only. */
async function bodyOf(response, as) {
  if (as === "text" && typeof response.text !== "function") return JSON.stringify(await response.json());
  return response[as]();
}

/** The same, where each piece of the body comes in time. */
async function inPieces(response, as, limit) {
  if (!limit.isLimited || !response.body?.getReader) return limit.within(bodyOf(response, as));
  const reader = response.body.getReader();
  const pieces = [];
  for (;;) {
    const { value, done } = await limit.within(reader.read());
    if (done) return new Blob(pieces)[as]();
    pieces.push(value);
  }
}

/** A body that claims to be JSON and is not stays text. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The body that asks for a place for a file: its type and name, as JSON. */
export function described(file) {
  const type = typeOf(file);
  const extension = type.split("/")[1]?.split(/[-;]/)[0];
  return JSON.stringify({ content_type: type, file_name: file.name || `${Date.now()}.${extension}` });
}

/** The type that a file is stored with. */
export function typeOf(file) {
  return file.type || "application/octet-stream";
}

/** What is wrong with the file of a field, and what to give instead. */
const FILE_PROBLEMS = {
  local_url: "is a URL that only this page or this machine can read: give the File or Blob that is behind it",
  relative_url: "is no absolute URL: give one, such as new URL(…, location.href).href, a data URI, or the File or Blob itself",
  empty_file: "is a file without a single byte: was it read before it was written?",
};

/** The findings with one more, about a field of an input, in the service's form. */
export function finding(findings, field, type, expected, bound, input) {
  const ctx = { one_of: { expected: expected.split(",") }, greater_than_equal: { ge: bound }, less_than_equal: { le: bound } };
  const problem = FILE_PROBLEMS[type];
  const given = typeof input === "string" ? `${JSON.stringify(startOf(input))} ` : "It ";
  const msg = problem && given + problem;
  return [...(findings ?? []), { loc: ["body", field], type, ctx: ctx[type] ?? {}, input, ...(msg && { msg }) }];
}

/** Calls a function of the caller's, if it is one, and promises what it does. */
export async function called(callback, value, { signal }) {
  return typeof callback === "function" ? callback(value, signal) : undefined;
}

/** A property of whatever a caller gave; `undefined` where it is null or cannot be read. */
export function at(object, name) {
  try {
    return object?.[name] ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether a property is this text. */
export function isAt(object, name, text) {
  return at(object, name) === text;
}

/** A number, NaN for anything else. */
export function numberOf(value) {
  return typeof value === "number" ? value : NaN;
}

/** The tag of a value, by which it is known in every realm: `instanceof` knows those of its own only. */
export function tagOf(value) {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether a value is a `Blob` or a `File`, of an iframe too. */
export function isFile(value) {
  try {
    return typeof value?.slice === "function" && typeof value.size === "number" && /^(Blob|File)$/.test(tagOf(value));
  } catch {
    // Whatever a caller gave may refuse to be looked at.
    return false;
  }
}

/** A field of an input as JSON has it: the text of a URL object, say. */
export function writtenAt(input, name) {
  const value = at(input, name);
  return typeof at(value, "toJSON") === "function" ? value.toJSON(name) ?? undefined : value;
}

/** More characters than any text has that a field takes to the letter. */
const START_LENGTH = 64;

/** The first characters of a text, nothing for anything else. */
export function startOf(value) {
  return typeof value === "string" ? value.slice(0, START_LENGTH) : undefined;
}

/** Sets a property of an object of ours. */
export function setAt(object, name, value) {
  object[name] = value;
}

/** A new object. */
export function empty() {
  return {};
}
