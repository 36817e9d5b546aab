import { FalError } from "./errors.ts";

// The words of Chromium, Firefox and WebKit.
const POLICY = /unsafe-eval|Content.Security.Policy|\bCSP\b/i;
// The words of workerd and of Vercel's edge runtime.
const HOST = /code generation|disallowed by embedder/i;
// The words of Chromium, Firefox, WebKit and Node for a file that is not at its URL.
const MISSING = /dynamically imported|module script|cannot find/i;

/** The exception for WebAssembly that could not be loaded or compiled. */
export function loadError(cause: unknown): FalError {
  if (cause instanceof FalError) return cause;
  const problem = cause instanceof Error ? cause.message : String(cause);
  if (POLICY.test(problem)) return blockError(`the Content-Security-Policy: add 'wasm-unsafe-eval' to its script-src`, cause);
  if (HOST.test(problem)) {
    return blockError(`this host: bundle with its condition ("workerd", "edge-light"), or give fal-wasm/slim a compiled module`, cause);
  }
  const reason = typeof WebAssembly === "undefined" ? "this runtime has no WebAssembly" : problem;
  // Browsers name the URL that they asked for, apart from WebKit.
  const advice = MISSING.test(reason) ? ". Serve dist/ as a whole: core.js has to be beside the imported file" : "";
  return new FalError({ message: `fal-wasm could not be loaded: ${reason}${advice}`, code: "wasm_unavailable", cause });
}

function blockError(by: string, cause: unknown): FalError {
  return new FalError({ message: `WebAssembly is blocked by ${by}`, code: "wasm_blocked", cause });
}
