// `fal-wasm/inline`, which holds its WebAssembly from the start.

export * from "./index.ts";
