// `fal-wasm/slim`: the caller gives the WebAssembly to `init`.

export * from "./index.ts";
export { init } from "./init.ts";
export type { ModuleSource } from "./init.ts";
