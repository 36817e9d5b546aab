// Passes the browser's requests on to the emulator. The emulator has one address and takes fal's URLs in a header.
import { request as send } from "node:http";
import { connect } from "node:net";
import { readable } from "./script.mjs";

/** The host in the emulator's file URLs. The browser requests it over https. */
const FILES = "emulator.test";
const FAL = /^(fal\.run|queue\.fal\.run|rest\.fal\.ai|v3b?\.fal\.media)$/;
const NOT_FORWARDED = /^(:|host$|origin$|connection$|content-length$|accept-encoding$)/;

/** Answers a recorded request with the emulator's answer. For hosts that are not fal's, answers with a 404. */
export function forward({ emulator, noted, response }) {
  const url = new URL(noted.url);
  const isFal = FAL.test(url.hostname);
  if (!isFal && url.hostname !== FILES && !url.hostname.endsWith(".conformance.test")) {
    return response.writeHead(404, { "access-control-allow-origin": "*" }).end();
  }
  const path = isFal ? "/api/fal/proxy" : `${url.pathname}${url.search}`;
  const headers = { ...kept(noted.headers), host: FILES, ...(isFal && { "x-fal-target-url": noted.url }) };
  if (noted.body.length) headers["content-length"] = noted.body.length;
  // Use a new connection: one that was cut in the middle of a request must not be used again.
  const onward = send(`${emulator}${path}`, { method: noted.method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode, readable(answer.headers));
    const isText = /json|event-stream/.test(answer.headers["content-type"] ?? "");
    if (isText) answer.setEncoding("latin1");
    const rewrite = secureFileUrls();
    answer.on("data", (chunk) => response.write(isText ? rewrite(chunk) : chunk));
    answer.on("end", () => response.end(isText ? rewrite("", true) : undefined));
    answer.on("error", () => response.destroy?.());
  });
  onward.on("error", () => response.destroy?.());
  response.on("close", () => onward.destroy());
  onward.end(noted.body);
}

/** Connects a WebSocket of the browser to the emulator. */
export function tunnel({ emulator, request, socket, head }) {
  const { hostname, port } = new URL(emulator);
  const onward = connect(Number(port), hostname, () => {
    const headers = Object.entries({ ...request.headers, host: FILES }).map(([name, value]) => `${name}: ${value}`);
    onward.write(`GET /${request.headers.host}${request.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  for (const [one, other] of [[onward, socket], [socket, onward]]) one.on("error", () => other.destroy());
}

function kept(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.test(name)));
}

/**
 * Makes the file URLs https, also one that is cut between two chunks. latin1 keeps every byte, whatever character it is part
 * of.
 */
function secureFileUrls() {
  const url = `http://${FILES}`;
  let rest = "";
  return (/** @type {string} */ chunk, isLast = false) => {
    const text = (rest + chunk).replaceAll(url, `https://${FILES}`);
    let held = isLast ? 0 : url.length - 1;
    while (!text.endsWith(url.slice(0, held))) held -= 1;
    rest = text.slice(text.length - held);
    return Buffer.from(text.slice(0, text.length - held), "latin1");
  };
}
