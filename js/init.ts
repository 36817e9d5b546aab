import { FalError } from "./errors.ts";
import { loadError } from "./load-error.ts";

/** A compiled module, its bytes, or an answer that holds them. */
export type ModuleSource = WebAssembly.Module | BufferSource | Response;

// What every WebAssembly module begins with: "\0asm".
const MAGIC = 0x0061736d;

let given: Promise<WebAssembly.Module> | undefined;

/**
 * Gives this package its WebAssembly: `fal-wasm/core.wasm`. Calls made meanwhile wait for it.
 * The first module that compiles is kept, so that calling this again changes nothing.
 *
 * @param source a compiled module, its bytes, a `Response`, or a promise of one of them
 * @throws {FalError} `wasm_unavailable` where this is no WebAssembly, `wasm_blocked` where the
 * page's policy forbids it. `init` may then be called again.
 */
export async function init(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void> {
  const attempt = (given ??= compiled(source));
  try {
    await attempt;
  } catch (cause) {
    if (given === attempt) given = undefined;
    throw loadError(cause);
  }
}

/** The module that `init` was given. */
export function givenModule(): Promise<WebAssembly.Module> {
  if (given) return given;
  const message = "fal-wasm/slim has no WebAssembly yet: call init() with fal-wasm/core.wasm first";
  return Promise.reject(new FalError({ message, code: "wasm_unavailable" }));
}

async function compiled(source: ModuleSource | PromiseLike<ModuleSource>): Promise<WebAssembly.Module> {
  const value = await source;
  if (isModule(value)) return value;
  const bytes = await bytesOf(value);
  // Servers answer a wrong path with a page and the status 200.
  if (!isWasm(bytes)) {
    const url = (value as Partial<Response> | undefined)?.url;
    throw new TypeError(`what ${url ? `${url} answered` : "init() was given"} is no WebAssembly. Is it a page?`);
  }
  return WebAssembly.compile(bytes);
}

// By its tag: `instanceof` does not know a module of another realm.
function isModule(value: ModuleSource): value is WebAssembly.Module {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

async function bytesOf(value: BufferSource | Response): Promise<BufferSource> {
  // An address is not taken, and has no such property to look for.
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
