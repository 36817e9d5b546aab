// An HTTP archive (HAR 1.2) of exchanges, for the tools that read one. Pure.

/** @import { Body, FullExchange, Header } from "./types.d.ts" */

const HTTP = "HTTP/1.1";
/** The value that the format uses for an unknown size. */
const UNKNOWN = -1;

/**
 * @param {FullExchange[]} exchanges the full exchanges that the inspector sends, redacted
 * @param {{origin: string, version: string | undefined}} emulator
 */
export function buildHar(exchanges, { origin, version }) {
  return {
    log: {
      version: "1.2",
      creator: { name: "fal-emulator", version: version ?? "" },
      comment: "Keys, tokens, cookies and signatures are redacted.",
      entries: exchanges.map((exchange) => entryOf(exchange, origin)),
    },
  };
}

/**
 * The name of the exported file.
 * @param {Date} now
 */
export const harName = (now) => `fal-emulator-${now.toISOString().slice(0, 19).replaceAll(":", "-")}.har`;

/**
 * @param {FullExchange} exchange
 * @param {string} origin
 */
function entryOf(exchange, origin) {
  const { answered_after_ms: wait, ended_after_ms: total, target, endpoint, route, ending } = exchange;
  const time = total ?? wait ?? 0;
  const comments = [
    exchange.is_struck && "met a fault on purpose",
    ending === "cut" && "the answer broke off",
    ending === "dropped" && "the connection was dropped in place of an answer",
    ending === "left" && "the caller left",
    !ending && "not over when this was exported",
  ];
  return {
    startedDateTime: new Date(exchange.at_ms).toISOString(),
    time,
    request: requestOf(exchange, origin),
    response: responseOf(exchange),
    cache: {},
    timings: { send: 0, wait: wait ?? time, receive: Math.max(0, time - (wait ?? time)) },
    ...(target && { _target: target }),
    ...(endpoint && { _endpoint: endpoint }),
    ...(route && { _call: route }),
    comment: comments.filter(Boolean).join("; "),
  };
}

/**
 * @param {FullExchange} exchange
 * @param {string} origin
 */
function requestOf({ method, path, request, request_bytes: bytes }, origin) {
  const { text, content_type: mimeType } = request.body;
  return {
    method,
    url: origin + path,
    httpVersion: HTTP,
    cookies: [],
    headers: request.headers.map(pair),
    queryString: [...new URL(path, origin).searchParams].map(pair),
    headersSize: UNKNOWN,
    bodySize: bytes,
    ...(text !== undefined && { postData: { mimeType: mimeType ?? "", text, ...cutComment(request.body) } }),
  };
}

/** @param {FullExchange} exchange */
function responseOf({ status, answer, answer_bytes: bytes }) {
  const body = answer?.body ?? { bytes: 0, content_type: null };
  const location = answer?.headers.find(([name]) => name === "location");
  return {
    status: status ?? 0,
    statusText: answer?.reason ?? "",
    httpVersion: HTTP,
    cookies: [],
    headers: (answer?.headers ?? []).map(pair),
    content: {
      size: bytes,
      mimeType: body.content_type ?? "",
      ...(body.text !== undefined && { text: body.text }),
      ...cutComment(body),
    },
    redirectURL: location?.[1] ?? "",
    headersSize: UNKNOWN,
    bodySize: bytes,
  };
}

/** @param {Header} header */
const pair = ([name, value]) => ({ name, value });

/** @param {Body} body */
const cutComment = ({ is_cut: isCut }) => (isCut ? { comment: "only the beginning was kept" } : {});
