// What only JavaScript can do well for one HTTP call: run the caller's functions, build the
// plain objects that `fetch` takes, and read an answer by its content type. Failures are
// thrown as the facts that `error.rs` reads. Whether, where and how often is Rust's to say.

const JSON_TYPE = "application/json";

/** The request after the caller's middleware. */
export async function route(config, request) {
  const { requestMiddleware } = config;
  const given = { ...request, headers: request.headers ?? {} };
  const { method, url, headers } = (requestMiddleware ? await requestMiddleware(given) : given) ?? {};
  if (!url) throw { falCode: "invalid_argument", argument: "requestMiddleware", problem: "returned no url" };
  const named = typeof headers?.entries === "function" ? Object.fromEntries(headers.entries()) : { ...headers };
  return { method: method ?? request.method, url: String(url), headers: named };
}

/** A middleware that sends everything to a proxy. */
export function proxied(proxyUrl) {
  return ({ method, url, headers }) => ({ method, url: proxyUrl, headers: { ...headers, "x-fal-target-url": url } });
}

/**
 * Sends a request. To a presigned URL it goes as it stands, without a key; to the service with
 * the headers that every call has, and with the key where `mayHaveKey` says so.
 */
export async function transmit(config, { method, url, headers }, given, signal, isPresigned, mayHaveKey) {
  const body = /^get$/i.test(method) ? undefined : given;
  if (isPresigned) return send(config.put ?? config.fetch, url, { method, headers, body, signal });
  const { fetch, userAgent } = config;
  const key = mayHaveKey && keyOf(config);
  // A header that the caller gave, in whatever case, takes the place of ours: both spellings
  // would go out as one header with two values.
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const ours = {
    Authorization: key && `Key ${key}`,
    Accept: JSON_TYPE,
    "Content-Type": JSON_TYPE,
    "User-Agent": userAgent,
  };
  const missing = Object.entries(ours).filter(([name, value]) => value && !names.includes(name.toLowerCase()));
  // Cloudflare's runtime refuses the mode that browsers have by default.
  const mode = globalThis.navigator?.userAgent === "Cloudflare-Workers" ? {} : { mode: "cors" };
  return send(fetch, url, { method, headers: { ...Object.fromEntries(missing), ...headers }, ...mode, signal, body });
}

/** The key, if there is one. A header that cannot be built would quote it in its error. */
function keyOf({ credentials }) {
  const key = typeof credentials === "function" ? credentials() : credentials;
  if (!key || /^[!-~]+$/.test(key)) return key;
  throw { falCode: "invalid_argument", argument: "credentials", problem: "are no key: a key is printable ASCII, without spaces or line breaks" };
}

async function send(custom, url, init) {
  if (!custom) check(url, init);
  let response;
  try {
    // A URL, not a Request: React on a server answers a repeated Request from its memory.
    response = await (custom ?? fetch)(url, init);
  } catch (cause) {
    // A caller's own fetch may be ended on purpose, or fail at what is no connection.
    throw cause instanceof TypeError || typeof cause?.code === "string" ? { falCode: "network", cause } : cause;
  }
  if (typeof response?.headers?.get === "function" && typeof response.status === "number") return response;
  throw { falCode: "bad_response", problem: "fetch gave no Response" };
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

/** The body of an answer: JSON, text or bytes, by its content type. Throws for an HTTP error. */
export async function read(response, handle) {
  if (handle) return handle(response);
  const { status, statusText, headers } = response;
  if (!response.ok) {
    // Half an error answer is an error answer still: its status counts.
    const text = await response.text().catch(() => "");
    throw {
      falCode: "http",
      status,
      statusText,
      body: parsed(text),
      requestId: headers.get("x-fal-request-id") ?? undefined,
      timeoutType: headers.get("x-fal-request-timeout-type") ?? undefined,
    };
  }
  const type = headers.get("content-type") ?? "";
  const isEmpty = status === 204 || headers.get("content-length") === "0";
  try {
    if (type.includes("application/json")) return isEmpty ? undefined : await response.json();
    return await (BINARY.test(type) ? response.arrayBuffer() : response.text());
  } catch (cause) {
    if (cause?.name !== "SyntaxError") throw { falCode: "network", cause };
    throw { falCode: "bad_response", problem: "the answer is not valid JSON", cause };
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
  const type = file.type || "application/octet-stream";
  const extension = type.split("/")[1]?.split(/[-;]/)[0];
  return JSON.stringify({ content_type: type, file_name: file.name || `${Date.now()}.${extension}` });
}

/** A finding about a field of an input, in the service's form. */
export function finding(field, type, boundName, bound, input) {
  return { loc: ["body", field], type, ctx: boundName ? { [boundName]: bound } : {}, input };
}

/** A property of whatever a caller gave; `undefined` where it cannot be read. */
export function at(object, name) {
  try {
    return object?.[name];
  } catch {
    return undefined;
  }
}
