// The glue that wasm-bindgen writes when the app is built.

export default function init(): Promise<unknown>;
