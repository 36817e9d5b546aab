// Passes a request on to the emulator, and its answer back as it comes: a cut answer stays cut.
import { request as send } from "node:http";

const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding"];

/**
 * - `path`: where the emulator is asked
 * - `more`: headers that the answer gets in addition
 * - `keep`: is given the whole answer, `{ status, headers, body }`, once it has passed and was not cut
 * - `instead`: answers in place of the emulator, once that has answered
 * @param {any} given
 */
export function forward({ emulator, path, request, response, more = {}, keep, instead }) {
  // A connection of its own: one that the emulator cuts must not be used again.
  const onward = send(`${emulator}${path}`, { method: request.method, headers: request.headers, agent: false }, (answer) => {
    if (instead) {
      answer.on("error", () => {});
      answer.on("close", instead);
      return void answer.resume();
    }
    const headers = { ...passed(answer.headers), ...more };
    response.writeHead(answer.statusCode, headers);
    // Browsers send a request once more by themselves where a reused connection closes without a byte.
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

/** Closes the connection after what was written. */
function cut({ socket }) {
  socket?.destroySoon();
}

function passed(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
}
