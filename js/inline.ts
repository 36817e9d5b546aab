// `fal-wasm/inline`: the WebAssembly is part of the bundle.

export * from "./index.ts";
