import { ABNORMAL_CLOSURE } from "./problems.ts";

// How long a close event may stay behind its error event, in milliseconds. Node before 22.10
// has none where a handshake fails.
const CLOSE_GRACE_MS = 250;

/** Who is told of a socket's life. None of these may throw. */
export interface Listener {
  opened(): void;
  /** A message, decoded. */
  message(decoded: unknown): void;
  /** A message that `decode` threw or rejected for. */
  undecodable(reason: unknown): void;
  /** The end, once. */
  closed(code: number, reason: string): void;
  decode(data: unknown): unknown;
}

/** One WebSocket, whose messages and end are told in the order in which they came. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #listener: Listener;
  #told: Promise<void> = Promise.resolve();
  #hasEnded = false;

  /** Throws what the WebSocket's constructor throws: the URL may be in its message. */
  constructor(url: string, binaryType: BinaryType, listener: Listener) {
    this.#socket = new WebSocket(url);
    this.#listener = listener;
    this.binaryType = binaryType;
    this.#socket.onopen = () => listener.opened();
    this.#socket.onmessage = ({ data }) => this.#decoded(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
    this.#socket.onerror = () => setTimeout(() => this.#end(ABNORMAL_CLOSURE, ""), CLOSE_GRACE_MS);
  }

  /** How binary messages are given to `decode`, from now on. */
  set binaryType(type: BinaryType) {
    this.#socket.binaryType = type;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: string | Uint8Array): void {
    this.#socket.send(frame as string | Uint8Array<ArrayBuffer>);
  }

  /** Closes the socket. Its listener hears nothing more. */
  hangUp(): void {
    this.#hasEnded = true;
    const { onopen, onmessage, onclose, onerror } = NO_LISTENERS;
    Object.assign(this.#socket, { onopen, onmessage, onclose, onerror });
    this.#socket.close();
  }

  // Decoding starts at once; what is decoded waits for what came before it.
  #decoded(data: unknown): void {
    const listener = this.#listener;
    const telling = new Promise((resolve) => resolve(listener.decode(data))).then(
      (decoded) => () => listener.message(decoded),
      (reason) => () => listener.undecodable(reason),
    );
    this.#told = this.#told.then(async () => (await telling)());
  }

  #end(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#told = this.#told.then(() => this.#listener.closed(code, reason));
  }
}

const NO_LISTENERS = { onopen: null, onmessage: null, onclose: null, onerror: null };
