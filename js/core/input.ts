// Files in a model's input: finding them wherever they are, and putting a URL or a data URI
// in their place. Everything else passes untouched, or is refused where JSON would lose it.

import { dataUri } from "./data-uri.ts";
import { isFile, isFileList, tagOf } from "./file.ts";
import { lifecycleHeader } from "./headers.ts";
import { hasToJSON, isPlainObject, lossOf } from "./loss.ts";
import { Progress, sent } from "./progress.ts";
import { linked } from "./signal.ts";
import { upload } from "./upload.ts";
import { type Wasm, badArgument } from "./wasm.ts";

/** Up to this size `auto` puts a file into the request itself, in bytes. */
const AUTO_INLINE_BYTES = 8_192;
/** Deeper than any model's input, and less deep than what JSON can write. */
const MAX_DEPTH = 1_000;

/** A distinct file, and every place that wants its URL. */
interface Found {
  file: Blob;
  path: string;
  places: Array<(url: string) => void>;
}

/** How an input is searched. */
interface Aims {
  /** It will be written as JSON: what JSON would lose is refused. */
  isForJson: boolean;
  /** Files are replaced by URLs. */
  isUploading: boolean;
}

/**
 * `input` with its files replaced; the caller's own objects stay as they are. `inlined` takes the
 * files that go into the request's own text. Refuses, before anything is sent, what JSON would lose.
 */
export async function transformed(wasm: Wasm, config: any, input: any, options: any, aims: Aims): Promise<any> {
  const isInlined = inlining(options.files ?? config.files ?? "upload");
  const search = new Search(aims);
  let result = input;
  search.collect(input, "", 0, (copy) => (result = copy));
  const files = [...search.found.values()];
  if (files.length === 0) return result;

  const progress = new Progress(sent(options), files.map(({ file }) => file).filter((file) => !isInlined(file)));
  const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.storageSettings);
  const { signal: abortSignal, end } = linked(options.abortSignal);
  const replace = async ({ file, path, places }: Found): Promise<void> => {
    try {
      const url = isInlined(file) ? await (options.inlined?.of(file, abortSignal) ?? dataUri(file, abortSignal)) : await upload(wasm, config, file, { ...options, headers, abortSignal }, progress);
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

/** A search for files, and for what JSON would lose, through each object once. */
class Search {
  readonly found = new Map<Blob, Found>();
  readonly #aims: Aims;
  /** What became of an object: itself, or a copy where something in it is replaced. */
  readonly #seen = new Map<object, object | undefined>();
  /** The class whose instance is searched, if it is one. */
  #owner: string | undefined;

  constructor(aims: Aims) {
    this.#aims = aims;
  }

  /** Notes the files in a value. What holds files is copied: `put` takes the copy. */
  collect(value: any, path: string, depth: number, put: (copy: any) => void): boolean {
    const { isForJson, isUploading } = this.#aims;
    if (isUploading && isFile(value)) {
      if (this.#owner) throw badArgument(named(path), `is a file ${this.#inOwner()}`);
      const file = this.found.get(value) ?? { file: value, path, places: [] };
      this.found.set(value, file);
      file.places.push(put);
      return true;
    }
    const loss = isForJson && lossOf(value);
    if (loss) throw badArgument(named(path), loss);
    if (!this.#isSearched(value)) return false;
    if (depth > MAX_DEPTH) throw badArgument("input", `has more than ${MAX_DEPTH} levels`);
    if (!this.#seen.has(value)) this.#seen.set(value, this.#replaced(value, path, depth));
    const copy = this.#seen.get(value);
    if (copy === undefined) throw badArgument("input", "cannot be written as JSON: it contains itself", { field: path });
    if (copy !== value) put(copy);
    return copy !== value;
  }

  /** What says itself how JSON writes it, and instances of classes where nothing is replaced, pass as they are. */
  #isSearched(value: any): boolean {
    if (Array.isArray(value) || isPlainObject(value) || isFileList(value)) return true;
    return this.#aims.isForJson && typeof value === "object" && value !== null && !hasToJSON(value);
  }

  #replaced(value: any, path: string, depth: number): object {
    // Unknown as long as it is being searched.
    this.#seen.set(value, undefined);
    const isList = Array.isArray(value) || isFileList(value);
    if (!isList && !isPlainObject(value)) return this.#inspected(value, path, depth);
    const copy: any = isList ? Array.from(value) : { ...value };
    let isChanged = isFileList(value);
    for (const name of Object.keys(copy)) {
      const at = isList ? `[${name}]` : path ? `.${name}` : name;
      isChanged = this.collect(copy[name], path + at, depth + 1, (it) => (copy[name] = it)) || isChanged;
    }
    return isChanged ? copy : value;
  }

  /** An instance of a class is sent as its own fields, as it is: there is no copy to put URLs into. */
  #inspected(instance: any, path: string, depth: number): object {
    const outer = this.#owner;
    this.#owner = instance.constructor?.name || tagOf(instance);
    for (const name of Object.keys(instance)) {
      const at = path ? `${path}.${name}` : name;
      this.collect(instance[name], at, depth + 1, () => {
        throw badArgument(named(at), `holds a file ${this.#inOwner()}`);
      });
    }
    this.#owner = outer;
    return instance;
  }

  #inOwner(): string {
    return `in an instance of ${this.#owner}, where no URL can take its place: give a plain object, { ...it }`;
  }
}

function named(path: string): string {
  return path ? `input.${path}` : "input";
}
