import { createFalClient } from "./client.ts";
import { load } from "./loader.ts";
import type { Config, FalClient, QueueClient, SingletonFalClient, StorageClient } from "./types.ts";

export { createFalClient } from "./client.ts";
export { parseEndpointId } from "./endpoint-id.ts";
export { ApiError, FalError, SubmitUncertainError, ValidationError } from "./errors.ts";
export type { FalErrorCode } from "./errors.ts";
export { withMiddleware, withProxy } from "./middleware.ts";
export { isRetryableError } from "./retryable.ts";
export { isCompletedQueueStatus, isQueueStatus } from "./status.ts";
export type * from "./endpoints.ts";
export type * from "./types.ts";

let current: FalClient | undefined;

// The client is made at its first use, so that the import has no side effects.
const client = (): FalClient => (current ??= createFalClient());

/** The client behind the functions of this module. `config` configures it. */
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

/** Replaces the configuration of `fal` and of the functions below. */
export const config = (config: Config): void => fal.config(config);
/** {@link FalClient.run} */
export const run: FalClient["run"] = (id, options) => fal.run(id, options);
/** {@link FalClient.stream} */
export const stream: FalClient["stream"] = (id, options) => fal.stream(id, options);
/** {@link FalClient.subscribe} */
export const subscribe: FalClient["subscribe"] = (id, options) => fal.subscribe(id, options);
/** {@link QueueClient.submit} */
export const submit: QueueClient["submit"] = (id, options) => fal.queue.submit(id, options);
/** {@link QueueClient.status} */
export const status: QueueClient["status"] = (id, options) => fal.queue.status(id, options);
/** {@link QueueClient.streamStatus} */
export const streamStatus: QueueClient["streamStatus"] = (id, options) =>
  fal.queue.streamStatus(id, options);
/** {@link QueueClient.subscribeToStatus} */
export const subscribeToStatus: QueueClient["subscribeToStatus"] = (id, options) =>
  fal.queue.subscribeToStatus(id, options);
/** {@link QueueClient.result} */
export const result: QueueClient["result"] = (id, options) => fal.queue.result(id, options);
/** {@link QueueClient.cancel} */
export const cancel: QueueClient["cancel"] = (id, options) => fal.queue.cancel(id, options);
/** {@link StorageClient.upload} */
export const upload: StorageClient["upload"] = (file, options) =>
  fal.storage.upload(file, options);
/** {@link StorageClient.transformInput} */
export const transformInput: StorageClient["transformInput"] = (input) =>
  fal.storage.transformInput(input);

/** {@link FalClient.pending} */
export const pending: FalClient["pending"] = (options) => fal.pending(options);
/** {@link FalClient.resume} */
export const resume: FalClient["resume"] = (request, options) => fal.resume(request, options);
/** {@link FalClient.forget} */
export const forget: FalClient["forget"] = (request, options) => fal.forget(request, options);

/** Loads the WebAssembly before the first call needs it. */
export async function preload(): Promise<void> {
  await load();
}
