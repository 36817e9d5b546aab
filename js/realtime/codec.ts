import { decode, encode } from "@msgpack/msgpack";
import type { Frame } from "./state.ts";

/**
 * The frame of an input (protocol §8.1). Bytes stay as they are, and so does text from a custom encoder. Everything
 * else becomes MessagePack.
 */
export function toFrame(message: unknown, isEncoded: boolean): Frame {
  if (message instanceof Uint8Array) return message;
  return isEncoded && typeof message === "string" ? message : encode(message);
}

/** Decodes a frame: text as JSON, bytes as MessagePack. */
export function fromFrame(data: unknown): unknown {
  if (typeof data === "string") return JSON.parse(data);
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return decode(data);
  if (data instanceof Blob) return data.arrayBuffer().then(decode);
  return data;
}
