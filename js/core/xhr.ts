// Sends bytes with `XMLHttpRequest`. Unlike `fetch`, it reports how many bytes are sent. So a try that sends no more
// bytes can be ended.

import { type Send, Stalled, Unseen, watchStall } from "./upload/stalled.ts";

const NO_BODY = [204, 205, 304];

/** When bytes of any request were last sent. */
let lastProgress = 0;
/** Whether any request of this page has reported progress. */
let hasReported = false;

/**
 * Whether this request will report progress. Behind a service worker that passes requests on, no request does.
 */
function reportsProgress(): boolean {
  return hasReported && !globalThis.navigator?.serviceWorker?.controller;
}

/** A `fetch` that reports the bytes it has sent, and fails if it sends none for `stallMs`. */
export function xhrSend(stallMs: number, count: (url: string, bytes: number) => void): Send {
  return (url, { method = "PUT", headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const { upload } = request;
      request.open(method, url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.responseType = "arraybuffer";

      const began = performance.now();
      let moved = began;
      let isBegun = false;
      let wait = stallMs;
      const unseen = new Unseen(body?.size ?? 0);
      upload.onprogress = ({ loaded }) => {
        lastProgress = moved = performance.now();
        hasReported = isBegun = true;
        unseen.end();
        // Chromium counts the headers, too.
        count(url, Math.min(loaded, body?.size ?? 0));
      };
      // The last bytes wait in the system's buffers. Sending them may take as long as sending the others.
      upload.onload = () => (wait = Math.max(stallMs, performance.now() - began));
      const stop = watchStall(stallMs, () => {
        // The browser sends at most six requests to one host at a time. A request without progress may be waiting for
        // the others.
        const last = isBegun ? moved : Math.max(unseen.since, lastProgress);
        const most = isBegun || reportsProgress() ? wait : unseen.allowance(stallMs);
        const ms = performance.now() - last;
        if (ms > most) fail(new Stalled(ms));
      });

      const fail = (reason: unknown): void => (reject(reason), request.abort());
      signal.addEventListener("abort", () => fail(signal.reason));
      request.onloadend = () => (stop(), unseen.end());
      request.onerror = () => reject(new TypeError("Failed to send the bytes"));
      request.onload = () => {
        unseen.answer();
        try {
          resolve(answer(request));
        } catch (error) {
          // `Response` refuses some statuses.
          reject(error);
        }
      };
      request.send(body);
    });
}

function answer(request: XMLHttpRequest): Response {
  const { status, statusText } = request;
  const lines = request.getAllResponseHeaders().trim().split("\r\n").filter(Boolean);
  const headers = lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return new Response(NO_BODY.includes(status) ? null : request.response, { status, statusText, headers });
}
