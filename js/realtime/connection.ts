import { socketUrl } from "./address.ts";
import type { Audience, Handler } from "./audience.ts";
import { systemClock } from "./clock.ts";
import { fromFrame, toFrame } from "./codec.ts";
import { meaningOf } from "./message.ts";
import * as problems from "./problems.ts";
import { type Listener, Socket } from "./socket.ts";
import { type Effect, type Event, type Frame, START, type State, next } from "./state.ts";
import { Throttle } from "./throttle.ts";
import { type TokenSource, Tokens } from "./tokens.ts";

const DEFAULT_THROTTLE_MS = 128;
const NORMAL_CLOSURE = 1000;

/** A connection with one socket at a time, which a send opens. state.ts decides the steps; this class performs them. */
export class Connection {
  readonly #endpoint: string;
  readonly #audience: Audience;
  readonly #tokens: Tokens;
  readonly #throttle: Throttle<Frame>;
  #state: State = START;
  #socket: Socket | undefined;

  /** @param endpoint `owner/alias/path` */
  constructor(endpoint: string, audience: Audience, source: TokenSource) {
    this.#endpoint = endpoint;
    this.#audience = audience;
    this.#tokens = new Tokens(source, systemClock);
    this.#throttle = new Throttle((frame) => {
      this.#handle({ type: "send", frame, isOpen: this.#socket?.isOpen ?? false });
    }, systemClock);
  }

  /** Replaces the handler. */
  adopt(handler: Handler): void {
    this.#audience.handler = handler;
    if (this.#socket) this.#socket.binaryType = binaryTypeFor(handler);
  }

  /** Sends an input, or a message that the caller's encoder made from it. Throws if it cannot be encoded. */
  send(message: unknown, isEncoded: boolean): void {
    const { throttleInterval = DEFAULT_THROTTLE_MS } = this.#audience.handler;
    this.#throttle.push(toFrame(message, isEncoded), throttleInterval);
  }

  /** Sends an input that waited. If it cannot be encoded, `onError` gets the error. */
  sendLate(message: unknown, isEncoded: boolean): void {
    try {
      this.send(message, isEncoded);
    } catch (reason) {
      this.#audience.error(problems.unencodable(this.#endpoint, reason));
    }
  }

  /** Closes the socket, or stops opening it. The next send opens a new socket. */
  close(): void {
    this.#throttle.reset();
    this.#handle({ type: "close" });
  }

  #handle(event: Event): void {
    const [state, effects] = next(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case "authenticate":
        return void this.#authenticate(effect.attempt);
      case "open":
        return this.#open(effect.attempt, effect.token);
      case "transmit":
        return this.#socket?.send(effect.frame);
      case "hangUp":
        this.#socket?.hangUp();
        this.#socket = undefined;
        return;
      case "dropToken":
        return this.#tokens.drop();
      case "refuseToken":
        return this.#tokens.refuse();
      case "giveUp":
        return this.#audience.error(problems.secondRefusal(this.#endpoint));
    }
  }

  async #authenticate(attempt: number): Promise<void> {
    let token: string;
    try {
      if (typeof WebSocket === "undefined") return this.#failToken(attempt, problems.noWebSocket(this.#endpoint));
      token = await this.#tokens.take();
    } catch (reason) {
      return this.#failToken(attempt, problems.tokenFailure(this.#endpoint, reason));
    }
    this.#handle({ type: "token", attempt, token });
  }

  #failToken(attempt: number, problem: problems.Problem): void {
    if (attempt !== this.#state.attempt) return;
    this.#handle({ type: "tokenFailed", attempt });
    this.#audience.error(problem);
  }

  #open(attempt: number, token: string): void {
    const { handler } = this.#audience;
    this.#audience.conceal(token);
    try {
      const url = socketUrl(this.#endpoint, token, handler.maxBuffering);
      this.#socket = new Socket(url, binaryTypeFor(handler), this.#listener(attempt));
    } catch {
      // The exception is not reported, as its message may quote the URL with the token.
      this.#handleClose(attempt, problems.ABNORMAL_CLOSURE, "");
    }
  }

  #listener(attempt: number): Listener {
    const isPast = () => attempt !== this.#state.attempt;
    return {
      opened: () => this.#handle({ type: "opened", attempt }),
      decode: (data) => (this.#audience.handler.decodeMessage ?? fromFrame)(data),
      message: (decoded) => isPast() || this.#handleMessage(attempt, decoded),
      undecodable: (reason) => isPast() || this.#audience.error(problems.undecodable(this.#endpoint, reason)),
      closed: (code, reason) => isPast() || this.#handleClose(attempt, code, reason),
    };
  }

  #handleMessage(attempt: number, message: unknown): void {
    const meaning = meaningOf(message);
    switch (meaning.kind) {
      case "unauthorized":
        return this.#handle({ type: "unauthorized", attempt });
      case "error":
        return this.#audience.error(problems.fromService(this.#endpoint, meaning.reason, message));
      case "result":
        this.#handle({ type: "result", attempt });
        return this.#audience.result(message);
      case "skip":
    }
  }

  #handleClose(attempt: number, code: number, reason: string): void {
    const wasOpen = this.#state.phase === "active";
    this.#socket = undefined;
    this.#handle({ type: "closed", attempt });
    if (code === NORMAL_CLOSURE) return;
    this.#audience.error(problems.closeProblem(this.#endpoint, code, reason, wasOpen));
  }
}

// A custom decoder gets a `Blob`, as from the official client. Our own gets an `ArrayBuffer`, without waiting.
function binaryTypeFor(handler: Handler): BinaryType {
  return handler.decodeMessage ? "blob" : "arraybuffer";
}
