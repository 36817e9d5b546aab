import { createFalClient } from "./client.ts";
import { load } from "./loader.ts";
import type { Config, FalClient, QueueClient, StorageClient } from "./types.ts";

export { createFalClient } from "./client.ts";
export { ApiError, FalError, ValidationError } from "./errors.ts";
export type { FalErrorCode } from "./errors.ts";
export type * from "./endpoints.ts";
export type * from "./types.ts";

let current: FalClient | undefined;

// Made at its first use, so that importing this module does nothing.
const client = (): FalClient => (current ??= createFalClient());

/** The client that the functions of this module share, and `config` configures. */
export const fal: FalClient & { config(config: Config): void } = {
  config(config) {
    current = createFalClient(config);
  },
  get queue() {
    return client().queue;
  },
  get storage() {
    return client().storage;
  },
  subscribe: (endpointId, options) => client().subscribe(endpointId, options),
};

/** Replaces the configuration of `fal` and of the functions below. */
export const config: (config: Config) => void = fal.config;
/** {@link FalClient.subscribe} */
export const subscribe: FalClient["subscribe"] = fal.subscribe;
/** {@link QueueClient.submit} */
export const submit: QueueClient["submit"] = (id, options) => fal.queue.submit(id, options);
/** {@link QueueClient.status} */
export const status: QueueClient["status"] = (id, options) => fal.queue.status(id, options);
/** {@link QueueClient.result} */
export const result: QueueClient["result"] = (id, options) => fal.queue.result(id, options);
/** {@link QueueClient.cancel} */
export const cancel: QueueClient["cancel"] = (id, options) => fal.queue.cancel(id, options);
/** {@link StorageClient.upload} */
export const upload: StorageClient["upload"] = (file, options) =>
  fal.storage.upload(file, options);

/** Brings the WebAssembly in before the first call needs it. */
export async function preload(): Promise<void> {
  await load();
}
