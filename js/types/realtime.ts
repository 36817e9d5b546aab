import type { ApiError } from "../errors.ts";
import type { TokenProvider } from "./streaming.ts";

interface WithRequestId {
  request_id: string;
}

/**
 * A connection to a realtime endpoint.
 *
 * @example
 * ```ts
 * const draw = (connection: RealtimeConnection<{ image_url: string }>) => connection.send({ image_url: canvas.toDataURL() });
 * ```
 */
export interface RealtimeConnection<Input> {
  /**
   * Sends an input. The first one opens the socket. Until the socket is open, the client keeps
   * the latest input and drops the earlier ones. Never waits.
   *
   * Throws if the input cannot be encoded. If that is found only later, `onError` gets the error.
   */
  send(input: Input & Partial<WithRequestId>): void;
  /** Closes the socket, and drops the input that was not sent yet. The next `send` opens a new socket. */
  close(): void;
}

/**
 * How to connect, and what to call.
 *
 * @example
 * ```ts
 * const handler: RealtimeConnectionHandler<{ images: { url: string }[] }> = {
 *   onResult: ({ images }) => (image.src = images[0]!.url),
 *   onError: (error) => show(error.message),
 * };
 * fal.realtime.connect("acme/sketch", handler);
 * ```
 */
export interface RealtimeConnectionHandler<Output> {
  /**
   * Connections of a client with the same endpoint and the same key share one socket, which calls the
   * newest handler. For components that are rendered repeatedly.
   * @default a key of its own
   */
  connectionKey?: string;
  /** Connect only in a page; elsewhere, do nothing. @default true in React on a server, else false */
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
  /** The path after the endpoint id. @default "/realtime" */
  path?: string;
  /** Encodes an input as a frame: bytes, or a string for a text frame. @default MessagePack */
  // oxlint-disable-next-line typescript/no-explicit-any -- the caller's own input, as in the official types
  encodeMessage?: (input: any) => Uint8Array | string;
  /**
   * Decodes a frame, a string or a `Blob`, as a message. Results keep their order, however long
   * decoding takes. @default MessagePack for bytes, JSON for text
   */
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-redundant-type-constituents -- as in the official types
  decodeMessage?: (data: any) => Promise<any> | any;
  /** Called with each result. If it throws, `onError` gets the error. */
  onResult(result: Output & WithRequestId): void;
  /**
   * Called with each error. Its `status` is 400 for a message of the service, 401 for a missing
   * token, otherwise the close code of the socket.
   * @default written to the console
   */
  onError?(error: ApiError): void;
  /** Gets tokens. @default fetched with the credentials of the client; deprecated */
  tokenProvider?: TokenProvider;
  /**
   * The lifetime of the tokens of `tokenProvider`, in seconds. A new token is fetched after 90 %
   * of it, and after 5 % more if that fails. @default no refresh
   */
  tokenExpirationSeconds?: number;
}

/**
 * Connections to realtime endpoints.
 *
 * @example
 * ```ts
 * const open = (client: RealtimeClient) => client.connect("acme/sketch", { onResult: (result) => show(result.request_id) });
 * open(fal.realtime).send({ prompt: "a cat" });
 * ```
 */
export interface RealtimeClient {
  /**
   * Connects to a realtime endpoint at the first `send`. Throws if an argument is invalid; later
   * errors go to `handler.onError`.
   * @param app the endpoint id
   * @param handler how to connect, and what to call
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the model's JSON, as in the official types
  connect<Input = any, Output = any>(
    app: string,
    handler: RealtimeConnectionHandler<Output>,
  ): RealtimeConnection<Input>;
}
