// What is a file, and what can be made one.

import { isFile, tagOf } from "../../src/browser/wire.js";
import { badArgument } from "./wasm.ts";

export { isFile, tagOf };

/** Whether a value is bytes without a type: an `ArrayBuffer`, a typed array, a `Buffer`. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return ArrayBuffer.isView(value) || /^(Shared)?ArrayBuffer$/.test(tagOf(value));
}

/** Whether a value is the list of a file input's files, which counts as an array. */
export function isFileList(value: unknown): value is FileList {
  return typeof value === "object" && value !== null && tagOf(value) === "FileList";
}

/** The file that is to be stored: a `Blob` as it is, bytes as one. */
export function asFile(given: unknown): Blob {
  if (isFile(given)) return given;
  if (!isBytes(given)) throw badArgument("file", "must be a File, a Blob, or bytes: a Buffer, a typed array, an ArrayBuffer");
  try {
    return new Blob([given]);
  } catch {
    // Memory that is shared with other threads has to be copied first.
    const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(given) ? given : { buffer: given, byteOffset: 0, byteLength: given.byteLength };
    return new Blob([new Uint8Array(buffer, byteOffset, byteLength).slice()]);
  }
}
