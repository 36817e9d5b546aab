import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { HttpMethod } from "./request.ts";

/**
 * Who holds the stream's connection: `"server"`, through your proxy and with its key, or
 * `"client"`, straight to fal with a short-lived token, for proxies that cannot stream.
 */
export type StreamingConnectionMode = "client" | "server";

/**
 * Gives a short-lived token (a JWT, protocol §3.3), for instance from a route of yours.
 * @param app the endpoint id and the path, e.g. `"fal-ai/app/realtime"`
 */
export type TokenProvider = (app: string) => Promise<string>;

/** Options of `stream`. */
export interface StreamOptions<Input> {
  /** Where to send the request. @default made of the endpoint id and `queryParams` */
  readonly url?: string | undefined;
  /** The model's input. A `File` or `Blob` anywhere in it is replaced by its URL. */
  readonly input?: Input;
  /** Parameters of the URL's query. */
  readonly queryParams?: Record<string, string> | undefined;
  /**
   * Milliseconds without a sign of life until the stream fails with a 408, counted from the
   * start; comments count as life.
   * @default 45000, from the first answer on
   */
  readonly timeout?: number | undefined;
  /** Upload files in the input. @default true */
  readonly autoUpload?: boolean | undefined;
  /** The HTTP method. @default "post" */
  readonly method?: HttpMethod;
  /** The content type to ask for. @default "text/event-stream" */
  readonly accept?: string | undefined;
  /** Who holds the connection. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives the token where `connectionMode` is `"client"`.
   * @default the client asks fal for one, which takes a key or a proxy
   */
  readonly tokenProvider?: TokenProvider | undefined;
}

/** What a stream tells its listeners of. */
export type FalStreamEventType = "data" | "error" | "done";

/**
 * A running stream.
 *
 * In the official types this is a class with private members, which TypeScript lets nothing
 * stand in for but the class itself. Being an interface, this one can be told that it is
 * one, where a program hands our streams to code typed against `@fal-ai/client`:
 *
 * ```ts
 * import type { FalStream as OfficialFalStream } from "@fal-ai/client";
 * declare module "fal-wasm" {
 *   interface FalStream<Input, Output> extends OfficialFalStream<Input, Output> {}
 * }
 * ```
 *
 * With the official map of endpoints joined too (see `EndpointTypeMap`), a whole client
 * passes for an official one; with endpoints of your own beside them, it takes a cast.
 *
 * All that a stream has at run time is what is listed here.
 */
export interface FalStream<Input, Output> {
  /**
   * Calls a listener at each event (`data`), at the failure (`error`, with the error), or at
   * the end (`done`, with the last event). Parts need not be of the type of the whole, so
   * events are `any`. Events that a `data` listener gets are not kept for a loop that begins later.
   */
  on: (type: FalStreamEventType, listener: (event: any) => void) => void;
  /** The events, in order, up to the end or to `data: [DONE]`. Throws the stream's failure; leaving the loop ends the stream. */
  [Symbol.asyncIterator](): AsyncGenerator<Awaited<Output>, void, unknown>;
  /** Resolves with the last event when the stream ends; rejects with its failure. */
  done: () => Promise<Output>;
  /**
   * Ends the stream; without effect after its end.
   * @param reason why
   */
  abort: (reason?: string | Error) => void;
  /** Aborted with the stream, whether by `abort` or by the signal of its options. */
  readonly signal: AbortSignal;
  /** The request's id; empty until the service has answered. */
  readonly requestId: string;
}

/** Streams of partial results. */
export interface StreamingClient {
  /**
   * Runs a model and gives its events as they come. Resolves once the request is under way;
   * failures after that are the stream's.
   */
  stream<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: StreamOptions<InputType<Id>>,
  ): Promise<FalStream<InputType<Id>, OutputType<Id>>>;
}
