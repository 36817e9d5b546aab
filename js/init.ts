import { FalError } from "./errors.ts";
import { loadError } from "./load-error.ts";

/**
 * A compiled module, its bytes, or a `Response` with its bytes.
 *
 * @example
 * ```ts
 * const source: ModuleSource = new Uint8Array(await file.arrayBuffer());
 * await init(source);
 * ```
 */
export type ModuleSource = WebAssembly.Module | BufferSource | Response;

// The first four bytes of every WebAssembly module: "\0asm".
const MAGIC = 0x0061736d;

let given: Promise<WebAssembly.Module> | undefined;

/**
 * Gives this package its WebAssembly, `fal-wasm/core.wasm`. Calls wait until it is compiled.
 * The package keeps the first module that compiles; a later `init` changes nothing.
 *
 * @param source a compiled module, its bytes, a `Response`, or a promise of one of them
 * @throws {FalError} `wasm_unavailable` if the source is no WebAssembly, `wasm_blocked` if the
 * page's policy forbids it. `init` may then be called again.
 *
 * @example
 * ```ts
 * await init(fetch("/assets/core.wasm"));
 * ```
 */
export async function init(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void> {
  const attempt = (given ??= compileModule(source));
  try {
    await attempt;
  } catch (cause) {
    if (given === attempt) given = undefined;
    throw loadError(cause);
  }
}

/**
 * The module that `init` was given.
 * @internal
 */
export function givenModule(): Promise<WebAssembly.Module> {
  if (given) return given;
  const message = "fal-wasm/slim has no WebAssembly yet: call init() with fal-wasm/core.wasm first";
  return Promise.reject(new FalError({ message, code: "wasm_unavailable" }));
}

async function compileModule(source: ModuleSource | PromiseLike<ModuleSource>): Promise<WebAssembly.Module> {
  const value = await source;
  if (isModule(value)) return value;
  const bytes = await bytesOf(value);
  // Some servers answer a wrong path with a page and the status 200.
  if (!isWasm(bytes)) {
    const url = (value as Partial<Response> | undefined)?.url;
    throw new TypeError(`what ${url ? `${url} answered` : "init() was given"} is no WebAssembly. Is it a page?`);
  }
  return WebAssembly.compile(bytes);
}

// Checks the tag, as `instanceof` fails for a module of another realm.
function isModule(value: ModuleSource): value is WebAssembly.Module {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

async function bytesOf(value: BufferSource | Response): Promise<BufferSource> {
  // A URL as a string is not supported, and `in` would throw for it.
  if (typeof value !== "object" || !value || !("arrayBuffer" in value)) return value;
  if (!value.ok) throw new TypeError(`${value.url || "the module"} was answered with HTTP ${value.status}`);
  return value.arrayBuffer();
}

function isWasm(bytes: BufferSource): boolean {
  if (!(bytes?.byteLength >= 4)) return false;
  const view = ArrayBuffer.isView(bytes)
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new DataView(bytes);
  return view.getUint32(0) === MAGIC;
}
