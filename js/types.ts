// The public types. `export type *` instead of names, as `declare module "fal-wasm"` can extend
// only types that are exported this way.

export type * from "./types/client.ts";
export type * from "./types/config.ts";
export type * from "./types/journal.ts";
export type * from "./types/middleware.ts";
export type * from "./types/persist.ts";
export type * from "./types/progress.ts";
export type * from "./types/queue.ts";
export type * from "./types/realtime.ts";
export type * from "./types/request.ts";
export type * from "./types/retry.ts";
export type * from "./types/status.ts";
export type * from "./types/storage.ts";
export type * from "./types/streaming.ts";
export type * from "./types/webhook.ts";
