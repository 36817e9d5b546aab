// Recognizes files, and makes files of bytes.

import type { Fields } from "../fields.ts";
import { badArgument } from "./bad-argument.ts";

/** The tag of a value, which is the same in every realm. `instanceof` fails for values of another realm. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether a value is a `Blob` or a `File`, possibly from an iframe. */
export function isFile(value: unknown): value is Blob {
  try {
    return typeof (value as Fields)?.slice === "function" && typeof (value as Blob).size === "number" && /^(Blob|File)$/.test(tagOf(value));
  } catch {
    // A getter or a proxy of the caller's may throw.
    return false;
  }
}

/** The content type for storing a file. */
export function typeOf(file: Blob): string {
  return file.type || "application/octet-stream";
}

/** Whether a value is bytes without a content type: an `ArrayBuffer`, a typed array, a `Buffer`. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return ArrayBuffer.isView(value) || /^(Shared)?ArrayBuffer$/.test(tagOf(value));
}

/** Whether a value is a `FileList`, which counts as an array. */
export function isFileList(value: unknown): value is FileList {
  return typeof value === "object" && value !== null && tagOf(value) === "FileList";
}

/** The file to store: a `Blob` stays as it is, bytes become a `Blob`. */
export function asFile(given: unknown): Blob {
  if (isFile(given)) return given;
  if (!isBytes(given)) throw badArgument("file", "must be a File, a Blob, or bytes: a Buffer, a typed array, an ArrayBuffer");
  try {
    return new Blob([given]);
  } catch {
    // `Blob` refuses memory that is shared with other threads, so copy it.
    const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(given) ? given : { buffer: given, byteOffset: 0, byteLength: given.byteLength };
    return new Blob([new Uint8Array(buffer, byteOffset, byteLength).slice()]);
  }
}
