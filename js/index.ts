import { createFalClient } from "./client.ts";
import { load } from "./loader.ts";
import type { Config, FalClient, QueueClient, RealtimeClient, SingletonFalClient, StorageClient, StreamingClient } from "./types.ts";

export { createFalClient } from "./client.ts";
export { parseEndpointId } from "./endpoint-id.ts";
export { ApiError, FalError, SubmitUncertainError, ValidationError, isFalError } from "./errors.ts";
export type { FalErrorCode } from "./errors.ts";
export { withMiddleware, withProxy } from "./middleware.ts";
export { isRetryableError } from "./retryable.ts";
export { isCompletedQueueStatus, isQueueStatus } from "./status.ts";
export type * from "./endpoints.ts";
export type * from "./types.ts";

let current: FalClient | undefined;

// The client is made at its first use, so that the import has no side effects.
const client = (): FalClient => (current ??= createFalClient());

/**
 * The client behind the functions of this module. `config` configures it.
 *
 * @example
 * ```ts
 * fal.config({ proxyUrl: "/api/fal/proxy" });
 * const { data } = await fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", { input: { prompt: "a quiet sea" } });
 * video.src = data.video.url;
 * ```
 */
export const fal: SingletonFalClient = {
  config(config) {
    current = createFalClient(config);
  },
  get queue() {
    return client().queue;
  },
  get realtime() {
    return client().realtime;
  },
  get storage() {
    return client().storage;
  },
  get streaming() {
    return client().streaming;
  },
  get persist() {
    return client().persist;
  },
  pending: (options) => client().pending(options),
  resume: (request, options) => client().resume(request, options),
  forget: (request, options) => client().forget(request, options),
  run: (endpointId, options) => client().run(endpointId, options),
  stream: (endpointId, options) => client().stream(endpointId, options),
  subscribe: (endpointId, options) => client().subscribe(endpointId, options),
};

/**
 * Replaces the whole configuration of `fal` and of the functions of this module, for the calls that follow.
 *
 * @example
 * ```ts
 * config({ proxyUrl: "/api/fal/proxy" });
 * ```
 */
export const config = (config: Config): void => fal.config(config);
/**
 * Runs a model on one connection, without the queue. If the connection is lost, the result is lost and the run is
 * billed: use `subscribe` for all but the fastest models.
 *
 * @example
 * ```ts
 * const { data } = await run("acme/thumbnail", { input: { image_url: file } });
 * ```
 */
export const run: FalClient["run"] = (id, options) => fal.run(id, options);
/**
 * Runs a model and gives its events as they arrive.
 *
 * @example
 * ```ts
 * const events = await stream("acme/writer", { input: { prompt: "a poem" } });
 * for await (const event of events) text.append(event.partial);
 * ```
 */
export const stream: FalClient["stream"] = (id, options) => fal.stream(id, options);
/**
 * Submits a request, follows it to its end and gives its result.
 *
 * @example
 * ```ts
 * const { data } = await subscribe("fal-ai/kandinsky5-pro/image-to-video", {
 *   input: { prompt: "leaves moving", image_url: file },
 *   onProgress: ({ progress }) => (bar.value = progress ?? 0),
 * });
 * video.src = data.video.url;
 * ```
 */
export const subscribe: FalClient["subscribe"] = (id, options) => fal.subscribe(id, options);
/**
 * Puts a request into the queue, and gives its `request_id`.
 *
 * @example
 * ```ts
 * const { request_id } = await submit("acme/app", { input: { prompt: "a cat" }, webhookUrl: "https://example.com/done" });
 * ```
 */
export const submit: QueueClient["submit"] = (id, options) => fal.queue.submit(id, options);
/**
 * Fetches the status of a request.
 *
 * @example
 * ```ts
 * const { status: state } = await status("acme/app", { requestId });
 * if (state === "COMPLETED") show("done");
 * ```
 */
export const status: QueueClient["status"] = (id, options) => fal.queue.status(id, options);
/**
 * Gives each status of a request as the service sends it, up to `COMPLETED`.
 *
 * @example
 * ```ts
 * for await (const { status } of await streamStatus("acme/app", { requestId })) show(status);
 * ```
 */
export const streamStatus: QueueClient["streamStatus"] = (id, options) =>
  fal.queue.streamStatus(id, options);
/**
 * Follows a request that was submitted before, and gives its last status.
 *
 * @example
 * ```ts
 * await subscribeToStatus("acme/app", { requestId, onQueueUpdate: ({ status }) => show(status) });
 * const { data } = await result("acme/app", { requestId });
 * ```
 */
export const subscribeToStatus: QueueClient["subscribeToStatus"] = (id, options) =>
  fal.queue.subscribeToStatus(id, options);
/**
 * Fetches the result of a completed request. If the request failed, rejects with its failure.
 *
 * @example
 * ```ts
 * const { data } = await result("acme/app", { requestId });
 * ```
 */
export const result: QueueClient["result"] = (id, options) => fal.queue.result(id, options);
/**
 * Cancels a request. A request that already runs may still complete.
 *
 * @example
 * ```ts
 * await cancel("acme/app", { requestId });
 * ```
 */
export const cancel: QueueClient["cancel"] = (id, options) => fal.queue.cancel(id, options);
/**
 * Stores a file with fal, and gives its URL for use in an input.
 *
 * @example
 * ```ts
 * const url = await upload(file, { onUploadProgress: ({ loaded, total }) => (bar.value = loaded / total) });
 * ```
 */
export const upload: StorageClient["upload"] = (file, options) =>
  fal.storage.upload(file, options);
/**
 * A copy of an input with a URL in place of each file. Calls with an input do this themselves.
 *
 * @example
 * ```ts
 * const { image_url } = await transformInput({ image_url: file }); // "https://…"
 * ```
 */
export const transformInput: StorageClient["transformInput"] = (input) =>
  fal.storage.transformInput(input);

/**
 * Lists the requests that were submitted with `persist` and whose results were not delivered yet.
 *
 * @example
 * ```ts
 * for (const request of await pending()) show(request.endpointId);
 * ```
 */
export const pending: FalClient["pending"] = (options) => fal.pending(options);
/**
 * Follows a saved request to its end, and gives its result.
 *
 * @example
 * ```ts
 * const [request] = await pending();
 * if (request) video.src = (await resume(request)).data.video.url;
 * ```
 */
export const resume: FalClient["resume"] = (request, options) => fal.resume(request, options);
/**
 * Forgets a saved request. Its job goes on.
 *
 * @example
 * ```ts
 * for (const request of await pending()) if (request.state === "expired") await forget(request);
 * ```
 */
export const forget: FalClient["forget"] = (request, options) => fal.forget(request, options);

// With these, `import * as fal` has what `fal` has.

/**
 * Requests in the queue, with the configuration of `fal`.
 *
 * @example
 * ```ts
 * const { request_id } = await queue.submit("acme/app", { input: { prompt: "a cat" } });
 * ```
 */
export const queue: QueueClient = { submit, status, streamStatus, subscribeToStatus, result, cancel };
/**
 * Connections to realtime endpoints, with the configuration of `fal`.
 *
 * @example
 * ```ts
 * const connection = realtime.connect("acme/sketch", { onResult: (result) => (image.src = result.images[0].url) });
 * connection.send({ image_url: canvas.toDataURL() });
 * ```
 */
export const realtime: RealtimeClient = { connect: (app, handler) => fal.realtime.connect(app, handler) };
/**
 * Files kept by fal, with the configuration of `fal`.
 *
 * @example
 * ```ts
 * const url = await storage.upload(file);
 * ```
 */
export const storage: StorageClient = { upload, transformInput };
/**
 * Streams of partial results, with the configuration of `fal`.
 *
 * @example
 * ```ts
 * const events = await streaming.stream("acme/writer", { input: { prompt: "a poem" } });
 * ```
 */
export const streaming: StreamingClient = { stream };

/**
 * Loads the WebAssembly before the first call needs it. Rejects with a `FalError` if it cannot be loaded; the first call then
 * tries again.
 *
 * @example
 * ```ts
 * preload().catch(() => {}); // when the page starts
 * ```
 */
export async function preload(): Promise<void> {
  await load();
}
