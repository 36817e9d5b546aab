import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
import type { Config } from "./config.ts";
import type { HttpMethod } from "./request.ts";

/** The settings of the official client. */
type OfficialSetting = "credentials" | "fetch" | "proxyUrl" | "requestMiddleware" | "responseHandler" | "retry" | "suppressLocalCredentialsWarning";

/** The same options, present or absent, but never `undefined`, as the official types have them. */
type Defined<Options> = { [Name in keyof Options]: Exclude<Options[Name], undefined> };

/**
 * Which side connects to fal: `"server"` streams through your proxy and with its key. `"client"`
 * streams directly from fal with a short-lived token, for proxies that cannot stream.
 *
 * @example
 * ```ts
 * const connectionMode: StreamingConnectionMode = "client";
 * await fal.stream("acme/writer", { input, connectionMode });
 * ```
 */
export type StreamingConnectionMode = "client" | "server";

/**
 * Gives a short-lived token (a JWT), for instance from your own server.
 * @param app the endpoint id and the path, e.g. `"fal-ai/app/realtime"`
 *
 * @example
 * ```ts
 * const tokenProvider: TokenProvider = async (app) => (await fetch(`/api/token?app=${app}`)).text();
 * await fal.stream("acme/writer", { input, connectionMode: "client", tokenProvider });
 * ```
 */
export type TokenProvider = (app: string) => Promise<string>;

/**
 * Options of `stream`.
 *
 * @example
 * ```ts
 * const options: StreamOptions<{ prompt: string }> = { input: { prompt: "a poem" }, timeout: 60_000 };
 * await fal.stream("acme/writer", options);
 * ```
 */
export interface StreamOptions<Input> {
  /** The URL of the request. @default built from the endpoint id and `queryParams` */
  readonly url?: string | undefined;
  /** The model's input. A `File` or `Blob` anywhere in it is replaced by its URL. */
  readonly input?: Input;
  /** Parameters of the URL's query. */
  readonly queryParams?: Record<string, string> | undefined;
  /**
   * Milliseconds without a byte, from the start of the request on, until the stream fails with a 408.
   * The service's comments count as bytes.
   * @default 45000, counted from the answer's headers on
   */
  readonly timeout?: number | undefined;
  /** Upload files in the input. @default true */
  readonly autoUpload?: boolean | undefined;
  /** The HTTP method. @default "post" */
  readonly method?: HttpMethod;
  /** The `Accept` header. @default "text/event-stream" */
  readonly accept?: string | undefined;
  /** Which side connects to fal. @default "server" */
  readonly connectionMode?: StreamingConnectionMode | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives the token if `connectionMode` is `"client"`.
   * @default the client requests one from fal, which needs a key or a proxy
   */
  readonly tokenProvider?: TokenProvider | undefined;
}

/**
 * The types of events that a stream reports to its listeners.
 *
 * @example
 * ```ts
 * const type: FalStreamEventType = "data";
 * (await fal.stream("acme/writer", { input })).on(type, (event) => text.append(event.partial));
 * ```
 */
export type FalStreamEventType = "data" | "error" | "done";

/**
 * A running stream.
 *
 * In the official types this is a class with private members, so TypeScript accepts no other type in
 * its place. This one is an interface and can extend the official class. Declare that if your program
 * passes our streams to code typed against `@fal-ai/client`:
 *
 * ```ts
 * import type { FalStream as OfficialFalStream } from "@fal-ai/client";
 * declare module "fal-wasm" {
 *   interface FalStream<Input, Output> extends OfficialFalStream<Input, Output> {}
 * }
 * ```
 *
 * With the official endpoint map added, too (see `EndpointTypeMap`), TypeScript accepts a whole client
 * as an official one. With endpoints of your own besides those, it needs a cast.
 *
 * At run time, a stream has only the members listed here.
 *
 * @example
 * ```ts
 * const print = async (stream: FalStream<unknown, { partial: string }>) => {
 *   for await (const { partial } of stream) text.append(partial);
 *   return stream.done();
 * };
 * await print(await fal.stream("acme/writer", { input: { prompt: "a poem" } }));
 * ```
 */
export interface FalStream<Input, Output> {
  /**
   * Calls a listener at each event (`data`), at the failure (`error`, with the error), or at the end
   * (`done`, with the last event). A partial event need not have the type of the whole output, so
   * events are `any`. If a `data` listener gets an event, a loop that begins later does not.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- a partial event need not have the type of the output
  on: (type: FalStreamEventType, listener: (event: any) => void) => void;
  /**
   * The events in order, up to the end or to `data: [DONE]`. Throws the stream's failure. Leaving the loop ends
   * the stream.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Awaited<Output>, void, unknown>;
  /** Resolves with the last event when the stream ends; rejects with its failure. */
  done: () => Promise<Output>;
  /**
   * Ends the stream. Has no effect after its end.
   * @param reason the reason of `signal`
   */
  abort: (reason?: string | Error) => void;
  /** Aborted when the stream is, by `abort` or by the signal of its options. */
  readonly signal: AbortSignal;
  /** The request's id; empty until the service has answered. */
  readonly requestId: string;
  /** The endpoint id, as the call named it. */
  readonly endpointId: string;
  /** The URL of the request, without a token; empty until the request is sent. */
  readonly url: string;
  /** The options of the call. */
  readonly options: Defined<StreamOptions<Input>>;
  /** The configuration of the client. A setting that was left out is missing, though official code expects its type. */
  readonly config: Required<Pick<Config, OfficialSetting>>;
}

/**
 * Streams of partial results.
 *
 * @example
 * ```ts
 * const write = (client: StreamingClient, prompt: string) => client.stream("acme/writer", { input: { prompt } });
 * for await (const event of await write(fal.streaming, "a poem")) text.append(event.partial);
 * ```
 */
export interface StreamingClient {
  /**
   * Runs a model and gives its events as they arrive. Resolves when the request has started; later
   * failures reject the stream.
   */
  stream<Id extends string>(
    endpointId: EndpointIdArgument<Id>,
    options: StreamOptions<InputType<Id>>,
  ): Promise<FalStream<InputType<Id>, OutputType<Id>>>;
}
