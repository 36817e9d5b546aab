// The server side of a scripted WebSocket (RFC 6455). It records each message and answers step by step.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;

/**
 * Accepts the socket and plays `steps`: "message" waits for a message of the client, a number is a pause in ms, other text
 * and bytes are sent, `{ close, reason }` closes, and `{ drop: true }` cuts the connection. Calls `onMessage(bytes)` for each
 * message, and `onClose(code)` when the client closes.
 */
export async function playSocket({ request, socket, steps, onMessage, onClose }) {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const messages = receive(socket, onMessage, onClose, () => steps.some((step) => step.close));
  for (const step of steps) {
    if (step === "message") await messages.next();
    else if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
    else if (step.drop) return socket.destroy();
    else if (step.close) socket.write(frame(CLOSE, closing(step)));
    else socket.write(typeof step === "string" ? frame(TEXT, Buffer.from(step)) : frame(BINARY, Buffer.from(step)));
  }
}

function receive(socket, onMessage, onClose, closesItself) {
  let left = Buffer.alloc(0);
  let arrived = 0;
  const waiting = [];
  socket.on("data", (chunk) => {
    left = Buffer.concat([left, chunk]);
    for (let read = parse(left); read; read = parse(left)) {
      left = left.subarray(read.length);
      if (read.kind === CLOSE) close(read.body);
      else if (read.kind === TEXT || read.kind === BINARY) message(read.body);
    }
  });
  function close(body) {
    onClose(body.length >= 2 ? body.readUInt16BE() : 1005);
    // If the server closed first, this frame is the client's answer. Do not answer it again.
    socket.end(closesItself() ? undefined : frame(CLOSE, body));
  }
  function message(body) {
    onMessage(body);
    const next = waiting.shift();
    if (next) next();
    else arrived += 1;
  }
  return {
    next: () => (arrived > 0 ? (arrived -= 1, Promise.resolve()) : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Parses a whole frame at the start of `bytes`, or returns undefined. Clients mask frames; here they send no fragments. */
function parse(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 6 + extra) return undefined;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 6 + extra;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const body = Buffer.from(bytes.subarray(start, start + size).map((byte, at) => byte ^ mask[at % 4]));
  return { kind: bytes[0] & 0x0f, body, length: start + size };
}

function frame(kind, body) {
  const size = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | kind, ...size]), body]);
}

function closing({ close, reason = "" }) {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(close);
  return Buffer.concat([code, Buffer.from(reason)]);
}
