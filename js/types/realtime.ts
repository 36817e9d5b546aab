import type { ApiError } from "../errors.ts";
import type { TokenProvider } from "./streaming.ts";

interface WithRequestId {
  request_id: string;
}

/** A connection to a realtime endpoint. */
export interface RealtimeConnection<Input> {
  /**
   * Sends an input; the first one opens the socket. Until it is open, the latest input is
   * kept and those before it are dropped. Never waits.
   *
   * What cannot be encoded throws here, or goes to `onError` where that shows only later.
   */
  send(input: Input & Partial<WithRequestId>): void;
  /** Closes the socket, and drops what was not sent yet. The next `send` opens a new one. */
  close(): void;
}

/** How to connect, and what to call. */
export interface RealtimeConnectionHandler<Output> {
  /**
   * Connections of a client to the same endpoint with the same key share one socket, which
   * calls the newest handler. For components that are rendered again and again.
   * @default a key of its own
   */
  connectionKey?: string;
  /** Only connect where there is a page; elsewhere, do nothing. @default true in React on a server, else false */
  clientOnly?: boolean;
  /**
   * The least time between two inputs, in milliseconds; 0 lets all of them pass. The first
   * input of a burst is sent at once, then the last one of each interval.
   * @default 128
   */
  throttleInterval?: number;
  /**
   * How many inputs the service may keep waiting before it drops the oldest: 1 to 60.
   * @default chosen by the endpoint
   */
  maxBuffering?: number;
  /** What follows the endpoint id. @default "/realtime" */
  path?: string;
  /** Makes a frame of an input: bytes, or a string for a text frame. @default MessagePack */
  encodeMessage?: (input: any) => Uint8Array | string;
  /**
   * Makes a message of a frame: of a string, or of a `Blob`. Results keep their order, however
   * long it takes. @default MessagePack for bytes, JSON for text
   */
  decodeMessage?: (data: any) => Promise<any> | any;
  /** Called with each result. What it throws goes to `onError`. */
  onResult(result: Output & WithRequestId): void;
  /**
   * Called with each problem: its `status` is 400 for a message of the service, 401 where
   * there is no token, else the code that the socket was closed with.
   * @default written to the console
   */
  onError?(error: ApiError<any>): void;
  /** Gets tokens. @default fetched with the credentials of the client; deprecated */
  tokenProvider?: TokenProvider;
  /**
   * How long the tokens of `tokenProvider` are good for, in seconds. They are fetched anew
   * after 90 % of it, and after 5 % more where that fails. @default not fetched anew
   */
  tokenExpirationSeconds?: number;
}

/** Connections to realtime endpoints. */
export interface RealtimeClient {
  /**
   * Connects to a realtime endpoint, at the first `send`. Throws where an argument cannot be
   * right; everything later goes to `handler.onError`.
   * @param app the endpoint id
   * @param handler how to connect, and what to call
   */
  connect<Input = any, Output = any>(
    app: string,
    handler: RealtimeConnectionHandler<Output>,
  ): RealtimeConnection<Input>;
}
