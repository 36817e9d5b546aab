// Reads the body of an answer, depending on its content type.

import { type HttpFacts, isFacts } from "../facts.ts";
import type { Fields } from "../fields.ts";
import type { BodyKind, Reading } from "./engine.ts";
import { lossFacts } from "./lost.ts";
import type { Limit } from "./limit.ts";

/** The content of an answer. */
export interface Read {
  /** The kind of the body, by which the engine judges the answer. */
  kind: BodyKind;
  body?: unknown;
  /** The body as JSON, also if JSON comes with a text type. */
  json?: Fields;
  /** Why the body cannot be read as JSON. */
  cause?: unknown;
}

type Handler = (response: Response) => Promise<Fields>;

/** Binary content types. */
const BINARY = /^(image|audio|video|font|model)\/(?!svg)|\/(octet-stream|pdf|wasm|protobuf|(x-)?(zip|gzip|tar|msgpack|7z-compressed))/;
const PAGE = /^(text\/html|application\/xhtml\+xml)$/;
/** A web page, for servers that label every text as plain. */
const PAGE_TEXT = /^\s*<(!doctype html|html)\b/i;

/** Reads an answer, with the caller's handler if there is one. Throws the facts of an HTTP error. */
export async function readAnswer(response: Response, reading: Reading, handler: Handler | undefined, limit: Limit): Promise<Read> {
  if (typeof handler === "function") {
    const body = await handler(response);
    return { kind: "handled", body, json: body };
  }
  if (!response.ok) throw await httpError(response, limit);
  const type = (response.headers.get("content-type") ?? "").toLowerCase();
  // For a result, the time limit holds for each piece. Other answers must be complete within it.
  const whole = <T extends "text" | "arrayBuffer">(as: T): Promise<Whole[T]> =>
    reading === "content" ? readInPieces(response, as, limit) : limit.within(readWhole(response, as));
  try {
    if (BINARY.test(type) && reading !== "json") return readBytes(await whole("arrayBuffer"));
    return readText(await whole("text"), type, reading === "json");
  } catch (cause) {
    throw isFacts(cause) ? cause : lossFacts(cause);
  }
}

/** The facts of an HTTP error. */
async function httpError(response: Response, limit: Limit): Promise<HttpFacts> {
  const { status, statusText, headers } = response;
  // If the body of an error breaks off, its status still counts.
  const text = await limit.within(response.text()).catch(() => "");
  return {
    falCode: "http",
    status,
    statusText,
    body: parseOrKeep(text),
    requestId: headers.get("x-fal-request-id") ?? undefined,
    timeoutType: headers.get("x-fal-request-timeout-type") ?? undefined,
  };
}

function readBytes(body: ArrayBuffer): Read {
  return { kind: body.byteLength > 0 ? "bytes" : "empty", body };
}

/** The content of a text. If JSON is due, it is parsed whatever its content type, as a proxy may have changed that. */
function readText(text: string, type: string, isJsonDue: boolean): Read {
  const isJson = type.includes("application/json");
  const essence = type.split(";")[0]!.trim();
  if (!text.trim()) return { kind: "empty", body: isJson ? undefined : text };
  if (essence === "text/event-stream") return { kind: "events", body: text };
  if (!isJson && (PAGE.test(essence) || PAGE_TEXT.test(text))) return { kind: "page", body: text };
  try {
    if (isJson || isJsonDue) return readJson(JSON.parse(text));
  } catch (cause) {
    if (isJson) return { kind: "broken", cause };
  }
  return { kind: "text", body: text, json: text.startsWith("{") ? (parseOrKeep(text) as Fields) : undefined };
}

function readJson(body: Fields): Read {
  return { kind: "json", body, json: body };
}

interface Whole {
  text: string;
  arrayBuffer: ArrayBuffer;
}

/** Reads the whole body. The response of a caller's own `fetch` may have only `json`. */
async function readWhole<T extends keyof Whole>(response: Response, as: T): Promise<Whole[T]> {
  if (as === "text" && typeof response.text !== "function") return JSON.stringify(await response.json()) as Whole[T];
  return response[as]() as Promise<Whole[T]>;
}

/** Reads the whole body, with a time limit for each piece. */
async function readInPieces<T extends keyof Whole>(response: Response, as: T, limit: Limit): Promise<Whole[T]> {
  if (!limit.isLimited || !response.body?.getReader) return limit.within(readWhole(response, as));
  const reader = response.body.getReader();
  const pieces: BlobPart[] = [];
  for (;;) {
    const { value, done } = await limit.within(reader.read());
    if (done) return new Blob(pieces)[as]() as Promise<Whole[T]>;
    pieces.push(value);
  }
}

/** Parses JSON. Any other text stays as it is. */
function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
