// Finds values of an input that JSON would lose. The job would run and be billed with a wrong input.

import type { Fields } from "../fields.ts";
import { isBytes, isFile, isFileList, tagOf } from "./file.ts";

/** Advice for values that JSON writes as `{}`, by the value's tag. */
const INSTEAD: Record<string, string> = {
  Map: "Object.fromEntries(map)",
  Set: "[...set]",
  FormData: "Object.fromEntries(formData)",
  URLSearchParams: "Object.fromEntries(parameters)",
  Headers: "Object.fromEntries(headers)",
  HTMLCanvasElement: "the Blob of canvas.toBlob()",
  OffscreenCanvas: "the Blob of canvas.convertToBlob()",
  ImageData: "the Blob of a canvas that shows it",
  ReadableStream: "await new Response(stream).blob()",
  Response: "await response.blob()",
  Request: "await request.blob()",
  Promise: "what it resolves with, by await",
  RegExp: "its source",
};

/** Boxed primitives, which JSON writes as primitives. */
const BOXED = /^(String|Number|Boolean)$/;

/** Whether a value has a `toJSON` method. */
export function hasToJSON(value: unknown): boolean {
  return typeof (value as Fields)?.toJSON === "function";
}

/**
 * Why JSON would lose the value, or `undefined` if it would not. The fields of an object are checked one by one, by
 * other calls. So an instance of a class is no loss in itself: JSON writes its own fields.
 */
export function lossOf(value: unknown): string | undefined {
  if (isFile(value)) return "is a file where none is uploaded, which JSON would empty";
  if (isBytes(value)) return "is bytes, which JSON would spoil: give new Blob([bytes], { type }) for a file, Array.from(numbers) for numbers";
  if (hasToJSON(value)) return undefined;
  if (typeof value === "bigint") return "is a BigInt, which JSON cannot write: give Number(n) or String(n)";
  if (typeof value !== "object" || !value || Array.isArray(value) || isFileList(value)) return undefined;
  const tag = tagOf(value);
  if (BOXED.test(tag)) return undefined;
  const instead = INSTEAD[tag];
  if (!instead && !isStream(value) && !isNode(value) && (isPlainObject(value) || Object.keys(value).length > 0)) return undefined;
  const name = instead ? tag : value.constructor?.name || tag;
  return `is ${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}, which JSON would empty${instead ? `: give ${instead}` : ""}`;
}

/** Whether a value is an object literal, possibly of another realm. Its prototype is null, or has none. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || !value) return false;
  const parent = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}

/** Whether a value is a stream of Node's. Its fields are internal. */
function isStream(value: { pipe?: unknown; on?: unknown }): boolean {
  return typeof value.pipe === "function" && typeof value.on === "function";
}

/** Whether a value is a DOM node. Frameworks add fields of their own to nodes. */
function isNode(value: { nodeType?: unknown; nodeName?: unknown }): boolean {
  return typeof value.nodeType === "number" && typeof value.nodeName === "string";
}
