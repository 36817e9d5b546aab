// `fetch` does not tell how much of a body is sent; `XMLHttpRequest` does. So it also shows when
// no more bytes go out, and the try is given up.

import { type Send, Stalled, Unseen, watchStall } from "./upload/stalled.ts";

const NO_BODY = [204, 205, 304];

/** When bytes last went out, of any request. */
let flowing = 0;
/** Whether a request of this page has told of bytes that went out. */
let hasTold = false;

/**
 * Whether this request will tell of its bytes as they go out. Behind a service worker that passes
 * requests on, none does.
 */
function isTelling(): boolean {
  return hasTold && !globalThis.navigator?.serviceWorker?.controller;
}

/** A `fetch` that says how many bytes it has sent where, and fails where it sends none for `stallMs`. */
export function counted(stallMs: number, tell: (url: string, bytes: number) => void): Send {
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
        flowing = moved = performance.now();
        hasTold = isBegun = true;
        unseen.end();
        // Chromium counts the headers, too.
        tell(url, Math.min(loaded, body?.size ?? 0));
      };
      // The last bytes wait in the system's buffers, and take as long as those before them did.
      upload.onload = () => (wait = Math.max(stallMs, performance.now() - began));
      const stop = watchStall(stallMs, () => {
        // The browser lets no more than six requests to one host go at a time: one that has sent
        // nothing may have to wait for the others.
        const last = isBegun ? moved : Math.max(unseen.since, flowing);
        const most = isBegun || isTelling() ? wait : unseen.allowance(stallMs);
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
          // A status that no Response can have.
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
