// Answers that a scenario prescribes, byte by byte where it matters, in place of the emulator's.
import { constants } from "node:http2";

/** What any page may read of an answer; an answer that exposes less says so in its headers. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "x-fal-request-id, x-fal-error-type, x-fal-needs-retry, x-fal-request-timeout-type, x-fal-billable-units, retry-after, etag",
};

/**
 * The answers of one scenario. Each is `{ to, method, times, status, headers, body, chunks, delay, cut, hold }`:
 *
 * - `to`: part of the target URL, or a RegExp; `method`: any where left out; `times`: 1 where left out
 * - `body`: an object is sent as JSON, a string as text; `chunks`: pieces sent one by one, numbers being pauses in ms
 * - `delay`: ms before the answer; `cut`: "answer" drops the connection without one, "body" after the last chunk;
 *   `hold`: never ends the body
 */
export function makeScript(answers = []) {
  const left = answers.map((answer) => ({ ...answer, times: answer.times ?? 1 }));
  return {
    /** The next answer to such a request, used up once; undefined where the emulator is to answer. */
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

/** Sends a prescribed answer. */
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

/** Answers a preflight: everything is allowed. */
export function preflight(request, response) {
  response.writeHead(204, {
    ...CORS,
    "access-control-allow-methods": "GET, POST, PUT, DELETE, PATCH",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "600",
  });
  response.end();
}

/** The headers of an emulator's answer, as a page of another origin gets them. */
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
