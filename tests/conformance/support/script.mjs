// Scripted answers, which replace the emulator's. A script may prescribe an answer byte by byte.
import { constants } from "node:http2";

/** Headers that let any page read an answer. An answer that exposes less overrides them. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "x-fal-request-id, x-fal-error-type, x-fal-needs-retry, x-fal-request-timeout-type, x-fal-billable-units, retry-after, etag",
};

/**
 * The answers of one scenario. Each is `{ to, method, times, status, headers, body, chunks, delay, cut, hold }`:
 *
 * - `to`: part of the target URL, or a RegExp; `method`: any by default; `times`: 1 by default
 * - `body`: an object is sent as JSON, a string as text; `chunks`: pieces that are sent one by one, numbers are pauses in ms
 * - `delay`: ms before the answer; `cut`: "answer" drops the connection without an answer, "body" after the last chunk;
 *   `hold`: never ends the body
 */
export function makeScript(answers = []) {
  const left = answers.map((answer) => ({ ...answer, times: answer.times ?? 1 }));
  return {
    /** Takes the next answer for such a request. Returns undefined if the emulator should answer. */
    take(method, url) {
      const answer = left.find((it) => it.times > 0 && (!it.method || it.method === method) && matches(it.to, url));
      if (answer) answer.times -= 1;
      return answer;
    },
  };
}

function matches(to, url) {
  return to instanceof RegExp ? to.test(url) : url.includes(to);
}

/** Sends a scripted answer. */
export async function play(answer, response) {
  if (answer.delay) await sleep(answer.delay);
  if (answer.cut === "answer") return reset(response);
  response.writeHead(answer.status ?? 200, { ...CORS, ...contentType(answer), ...answer.headers });
  for (const piece of answer.chunks ?? [bytes(answer.body)]) {
    if (typeof piece === "number") await sleep(piece);
    else await new Promise((sent) => response.write(bytes(piece), sent));
  }
  if (answer.cut === "body") return reset(response);
  if (!answer.hold) response.end();
}

/** Answers a preflight and allows everything. */
export function preflight(request, response) {
  response.writeHead(204, {
    ...CORS,
    "access-control-allow-methods": "GET, POST, PUT, DELETE, PATCH",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "600",
  });
  response.end();
}

/** The headers of an emulator's answer, with CORS headers for pages of other origins. */
export function readable(headers) {
  const dropped = ["content-length", "connection", "keep-alive", "transfer-encoding", "vary"];
  const kept = Object.entries(headers).filter(([name]) => !dropped.includes(name) && !name.startsWith("access-control-"));
  return { ...Object.fromEntries(kept), ...CORS };
}

function contentType({ body, chunks, headers = {} }) {
  if (chunks || "content-type" in headers || body === undefined) return {};
  return { "content-type": typeof body === "string" ? "text/plain; charset=utf-8" : "application/json" };
}

function bytes(body) {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}

function reset(response) {
  if (response.stream) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.destroy();
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
