import type { Core } from "./core.js";

let loading: Promise<Core> | undefined;

/** The WebAssembly side, brought in at its first use. A failed load is tried anew. */
export function load(): Promise<Core> {
  loading ??= import("./core.js")
    .then((core) => core.default())
    .catch((cause: unknown) => {
      loading = undefined;
      throw explained(cause);
    });
  return loading;
}

function explained(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice = /unsafe-eval|Content Security Policy|code generation/i.test(message)
    ? " The page's Content-Security-Policy must allow script-src 'wasm-unsafe-eval'."
    : "";
  return new Error(`fal-wasm could not be loaded: ${message}.${advice}`, { cause });
}
