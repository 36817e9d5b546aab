// Finds the files in a model's input, at any depth, and replaces each by a URL or a data URI. Other values stay as
// they are. Values that JSON would lose are refused.

import type { ResolvedConfig } from "../resolved-config.ts";
import { isFacts } from "../facts.ts";
import { type Inlined, dataUri } from "./data-uri.ts";
import { isFile, isFileList, tagOf } from "./file.ts";
import { lifecycleHeader } from "./headers.ts";
import { hasToJSON, isPlainObject, lossOf } from "./loss.ts";
import { Progress, sent } from "./progress.ts";
import { linkSignal } from "./signal.ts";
import { upload } from "./upload.ts";
import { badArgument } from "./bad-argument.ts";
import type { Calls } from "./calls.ts";
import type { FileOptions } from "./settings.ts";

/** Up to this size, in bytes, `auto` puts a file into the request itself. */
const AUTO_INLINE_BYTES = 8_192;
/** Deeper than any model's input, and within the depth that `JSON.stringify` can write. */
const MAX_DEPTH = 1_000;

/** A distinct file, and the functions that put its URL into the input. */
interface Found {
  file: Blob;
  path: string;
  puts: Array<(url: string) => void>;
}

/** How to search an input. */
interface Aims {
  /** The input will be written as JSON, so values that JSON would lose are refused. */
  isForJson: boolean;
  /** Files are replaced by URLs. */
  isUploading: boolean;
}

/** Options of `replaceFiles`. `inlined` takes the files that go into the request itself. */
type ReplaceOptions = FileOptions & { inlined?: Inlined };

/**
 * Replaces the files in a copy of `input`; the caller's own objects stay unchanged. Before anything is sent, refuses
 * values that JSON would lose.
 */
export async function replaceFiles(calls: Calls, config: ResolvedConfig, input: unknown, options: ReplaceOptions, aims: Aims): Promise<unknown> {
  const isInlined = inlineRule(options.files ?? config.files ?? "upload");
  const search = new Search(aims);
  let result = input;
  search.collect(input, "", 0, (copy) => (result = copy));
  const files = [...search.found.values()];
  if (files.length === 0) return result;

  const progress = new Progress(sent(options), files.map(({ file }) => file).filter((file) => !isInlined(file)));
  const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.storageSettings);
  const { signal: abortSignal, end } = linkSignal(options.abortSignal);
  const replace = async ({ file, path, puts }: Found): Promise<void> => {
    try {
      const url = isInlined(file) ? await (options.inlined?.of(file, abortSignal) ?? dataUri(file, abortSignal)) : await upload(calls, config, file, { ...options, headers, abortSignal }, progress);
      for (const put of puts) put(url);
    } catch (reason) {
      throw isFacts(reason) ? Object.assign(reason, { field: path }) : reason;
    }
  };
  try {
    await Promise.all(files.map(replace));
  } finally {
    // If one upload failed, abort the others.
    end();
  }
  return result;
}

function inlineRule(files: unknown): (file: Blob) => boolean {
  if (files === "upload") return () => false;
  if (files === "inline") return () => true;
  if (files === "auto") return ({ size }) => size <= AUTO_INLINE_BYTES;
  throw badArgument("files", 'must be "upload", "inline" or "auto"');
}

/** Searches an input for files and for values that JSON would lose. Visits each object once. */
class Search {
  readonly found = new Map<Blob, Found>();
  readonly #aims: Aims;
  /** The result for each object: itself, or its copy if something in it is replaced. */
  readonly #seen = new Map<object, object | undefined>();
  /** The name of the class whose instance is being searched, if any. */
  #owner: string | undefined;

  constructor(aims: Aims) {
    this.#aims = aims;
  }

  /** Collects the files in a value. If it holds files, passes a copy to `put` and returns `true`. */
  collect(value: unknown, path: string, depth: number, put: (copy: unknown) => void): boolean {
    const { isForJson, isUploading } = this.#aims;
    if (isUploading && isFile(value)) {
      if (this.#owner) throw badArgument(fieldName(path), `is a file ${this.#inOwner()}`);
      const file = this.found.get(value) ?? { file: value, path, puts: [] };
      this.found.set(value, file);
      file.puts.push(put);
      return true;
    }
    const loss = isForJson && lossOf(value);
    if (loss) throw badArgument(fieldName(path), loss);
    if (!this.#isSearched(value)) return false;
    if (depth > MAX_DEPTH) throw badArgument("input", `has more than ${MAX_DEPTH} levels`);
    if (!this.#seen.has(value)) this.#seen.set(value, this.#searchObject(value, path, depth));
    const copy = this.#seen.get(value);
    if (copy === undefined) throw badArgument("input", "cannot be written as JSON: it contains itself", { field: path });
    if (copy !== value) put(copy);
    return copy !== value;
  }

  /** Whether to search within a value. Not for values with `toJSON`; class instances only if JSON will write them. */
  #isSearched(value: unknown): value is object {
    if (Array.isArray(value) || isPlainObject(value) || isFileList(value)) return true;
    return this.#aims.isForJson && typeof value === "object" && value !== null && !hasToJSON(value);
  }

  #searchObject(value: object, path: string, depth: number): object {
    // While the object is being searched, its result is unknown.
    this.#seen.set(value, undefined);
    const isList = Array.isArray(value) || isFileList(value);
    if (!isList && !isPlainObject(value)) return this.#searchInstance(value, path, depth);
    const copy = (isList ? Array.from(value) : { ...value }) as Record<string, unknown>;
    let isChanged = isFileList(value);
    for (const name of Object.keys(copy)) {
      const at = isList ? `[${name}]` : path ? `.${name}` : name;
      isChanged = this.collect(copy[name], path + at, depth + 1, (it) => (copy[name] = it)) || isChanged;
    }
    return isChanged ? copy : value;
  }

  /** Searches an instance of a class. JSON writes its own fields. It is not copied, so it must hold no files. */
  #searchInstance(instance: object, path: string, depth: number): object {
    const outer = this.#owner;
    this.#owner = instance.constructor?.name || tagOf(instance);
    for (const name of Object.keys(instance)) {
      const at = path ? `${path}.${name}` : name;
      this.collect((instance as Record<string, unknown>)[name], at, depth + 1, () => {
        throw badArgument(fieldName(at), `holds a file ${this.#inOwner()}`);
      });
    }
    this.#owner = outer;
    return instance;
  }

  #inOwner(): string {
    return `in an instance of ${this.#owner}, where no URL can take its place: give a plain object, { ...it }`;
  }
}

function fieldName(path: string): string {
  return path ? `input.${path}` : "input";
}
