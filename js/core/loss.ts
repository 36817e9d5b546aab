// What JSON would lose of an input: the job would run, and cost, with garbage in place of it.

import { isBytes, isFile, isFileList, tagOf } from "./file.ts";

/** What to give in place of a value that JSON writes as `{}`, by the value's tag. */
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

/** Primitives in objects, which JSON writes as what they hold. */
const BOXED = /^(String|Number|Boolean)$/;

/** Whether a value says itself how JSON writes it. */
export function hasToJSON(value: any): boolean {
  return typeof value?.toJSON === "function";
}

/**
 * Why JSON would lose what a value itself holds, `undefined` where it would not. An instance of a
 * class loses nothing by it: JSON writes its own fields, of which each is asked for alone.
 */
export function lossOf(value: any): string | undefined {
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

/** An object literal, also one from another realm: its prototype is null or has none. */
export function isPlainObject(value: any): boolean {
  if (typeof value !== "object" || !value) return false;
  const parent = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}

/** A stream of Node's: its fields are those of its inner life. */
function isStream(value: any): boolean {
  return typeof value.pipe === "function" && typeof value.on === "function";
}

/** A part of a document, on which frameworks leave fields of theirs. */
function isNode(value: any): boolean {
  return typeof value.nodeType === "number" && typeof value.nodeName === "string";
}
