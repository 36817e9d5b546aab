// Files in a model's input: finding them wherever they are, and putting a URL or a data URI
// in their place. Everything else passes untouched.

import { dataUri } from "./data-uri.ts";
import { Progress, sent } from "./progress.ts";
import { lifecycleHeader } from "./headers.ts";
import { linked } from "./signal.ts";
import { upload } from "./upload.ts";
import { type Wasm, badArgument } from "./wasm.ts";

/** Up to this size `auto` puts a file into the request itself, in bytes. */
const AUTO_INLINE_BYTES = 8_192;
/** Deeper than any model's input: files further down are not looked for. */
const MAX_DEPTH = 64;

/** A distinct file, and every place that wants its URL. */
interface Found {
  file: Blob;
  path: string;
  places: Array<(url: string) => void>;
}

/** `input` with its files replaced; the caller's own objects stay as they are. */
export async function transformed(wasm: Wasm, config: any, input: any, options: any): Promise<any> {
  const isInlined = inlining(options.files ?? config.files ?? "upload");
  const search = new Search();
  let result = input;
  search.collect(input, "", 0, (copy) => (result = copy));
  const files = [...search.found.values()];
  if (files.length === 0) return input;

  const progress = new Progress(sent(options), files.map(({ file }) => file).filter((file) => !isInlined(file)));
  const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.storageSettings);
  const { signal: abortSignal, end } = linked(options.abortSignal);
  const replace = async ({ file, path, places }: Found): Promise<void> => {
    try {
      const url = isInlined(file) ? await (options.inlined?.of(file) ?? dataUri(file)) : await upload(wasm, config, file, { ...options, headers, abortSignal }, progress);
      for (const put of places) put(url);
    } catch (reason: any) {
      throw reason?.falCode ? Object.assign(reason, { field: path }) : reason;
    }
  };
  try {
    await Promise.all(files.map(replace));
  } finally {
    // One of several uploads failed: the others need not go on.
    end();
  }
  return result;
}

function inlining(files: unknown): (file: Blob) => boolean {
  if (files === "upload") return () => false;
  if (files === "inline") return () => true;
  if (files === "auto") return ({ size }) => size <= AUTO_INLINE_BYTES;
  throw badArgument("files", 'must be "upload", "inline" or "auto"');
}

/** A search for files, through each object once. */
class Search {
  readonly found = new Map<Blob, Found>();
  /** What became of an object: itself, or a copy where it holds files. */
  readonly #seen = new Map<object, object | undefined>();

  /** Notes the files in a value. What holds files is copied: `put` takes the copy. */
  collect(value: any, path: string, depth: number, put: (copy: any) => void): boolean {
    if (isFile(value)) {
      const file = this.found.get(value) ?? { file: value, path, places: [] };
      this.found.set(value, file);
      file.places.push(put);
      return true;
    }
    if (depth >= MAX_DEPTH || !(Array.isArray(value) || isPlainObject(value))) return false;
    if (!this.#seen.has(value)) this.#seen.set(value, this.#copied(value, path, depth));
    const copy = this.#seen.get(value);
    if (copy === undefined) throw badArgument("input", "cannot be written as JSON: it contains itself", { field: path });
    if (copy !== value) put(copy);
    return copy !== value;
  }

  #copied(value: any, path: string, depth: number): object {
    // Unknown as long as it is being searched.
    this.#seen.set(value, undefined);
    const copy: any = Array.isArray(value) ? [...value] : { ...value };
    let hasFiles = false;
    for (const name of Object.keys(copy)) {
      const at = Array.isArray(value) ? `[${name}]` : path ? `.${name}` : name;
      hasFiles = this.collect(copy[name], path + at, depth + 1, (it) => (copy[name] = it)) || hasFiles;
    }
    return hasFiles ? copy : value;
  }
}

function isFile(value: unknown): value is Blob {
  return typeof Blob !== "undefined" && value instanceof Blob;
}

/** An object literal, also one from another realm: its prototype is null or has none. */
function isPlainObject(value: any): boolean {
  if (typeof value !== "object" || !value) return false;
  const parent = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}
