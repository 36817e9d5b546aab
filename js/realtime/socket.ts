import { ABNORMAL_CLOSURE } from "./problems.ts";

// How long to wait for a close event after an error event, in milliseconds. Node before 22.10 fires no close event if
// the handshake fails.
const CLOSE_GRACE_MS = 250;

/** The callbacks of a socket. They must not throw, except `decode`. */
export interface Listener {
  opened(): void;
  /** A decoded message. */
  message(decoded: unknown): void;
  /** A message for which `decode` threw or rejected. */
  undecodable(reason: unknown): void;
  /** The end of the socket. Called once. */
  closed(code: number, reason: string): void;
  decode(data: unknown): unknown;
}

/** One WebSocket. It reports messages and the end in the order of their arrival. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #listener: Listener;
  #reports: Promise<void> = Promise.resolve();
  #hasEnded = false;

  /** May throw the exception of the WebSocket's constructor, whose message may quote the URL. */
  constructor(url: string, binaryType: BinaryType, listener: Listener) {
    this.#socket = new WebSocket(url);
    this.#listener = listener;
    this.binaryType = binaryType;
    this.#socket.onopen = () => listener.opened();
    this.#socket.onmessage = ({ data }) => this.#decodeInOrder(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
    this.#socket.onerror = () => setTimeout(() => this.#end(ABNORMAL_CLOSURE, ""), CLOSE_GRACE_MS);
  }

  /** The type in which `decode` gets binary messages from now on. */
  set binaryType(type: BinaryType) {
    this.#socket.binaryType = type;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: string | Uint8Array): void {
    this.#socket.send(frame as string | Uint8Array<ArrayBuffer>);
  }

  /** Closes the socket. Its listener gets no more calls. */
  hangUp(): void {
    this.#hasEnded = true;
    const { onopen, onmessage, onclose, onerror } = NO_LISTENERS;
    Object.assign(this.#socket, { onopen, onmessage, onclose, onerror });
    this.#socket.close();
  }

  // Decoding starts at once. The decoded message waits for the earlier ones.
  #decodeInOrder(data: unknown): void {
    const listener = this.#listener;
    const report = new Promise((resolve) => resolve(listener.decode(data))).then(
      (decoded) => () => listener.message(decoded),
      (reason) => () => listener.undecodable(reason),
    );
    this.#reports = this.#reports.then(async () => (await report)());
  }

  #end(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reports = this.#reports.then(() => this.#listener.closed(code, reason));
  }
}

const NO_LISTENERS = { onopen: null, onmessage: null, onclose: null, onerror: null };
