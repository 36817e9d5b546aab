// What the runtimes that import WebAssembly give for it.

declare module "*/core.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/core.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
