// `fal-wasm/slim`, which is given its WebAssembly by the caller.

export * from "./index.ts";
export { init } from "./init.ts";
export type { ModuleSource } from "./init.ts";
