// Passes a request on to the emulator, and streams the answer back. If the answer is cut, it stays cut.
import { request as send } from "node:http";

const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding"];

/**
 * - `path`: the path at the emulator
 * - `more`: headers to add to the answer
 * - `keep`: called with the whole answer, `{ status, headers, body }`, after it was passed back without a cut
 * - `instead`: called when the emulator has answered. It sends another answer in place of the emulator's
 * @param {any} given
 */
export function forward({ emulator, path, request, response, more = {}, keep, instead }) {
  // Use a new connection: one that the emulator has cut must not be used again.
  const onward = send(`${emulator}${path}`, { method: request.method, headers: request.headers, agent: false }, (answer) => {
    if (instead) {
      answer.on("error", () => {});
      answer.on("close", instead);
      return void answer.resume();
    }
    const headers = { ...passHeaders(answer.headers), ...more };
    response.writeHead(answer.statusCode, headers);
    // Send the headers at once: browsers repeat a request by themselves if a reused connection closes without a byte.
    response.flushHeaders();
    const chunks = [];
    answer.on("data", (chunk) => {
      if (keep) chunks.push(chunk);
      if (!response.write(chunk)) {
        answer.pause();
        response.once("drain", () => answer.resume());
      }
    });
    answer.on("error", () => {});
    answer.on("close", () => {
      if (!answer.complete) return cut(response);
      response.end();
      keep?.({ status: answer.statusCode, headers, body: Buffer.concat(chunks) });
    });
  });
  onward.on("error", () => cut(response));
  response.on("error", () => {});
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** Closes the connection after the written bytes were sent. */
function cut({ socket }) {
  socket?.destroySoon();
}

function passHeaders(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
}
