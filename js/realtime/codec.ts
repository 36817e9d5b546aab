import { decode, encode } from "@msgpack/msgpack";
import type { Frame } from "./state.ts";

/**
 * The frame of an input. Bytes pass as they are; text only where a custom encoder made it,
 * everything else is MessagePack (protocol §8.1).
 */
export function toFrame(message: unknown, isEncoded: boolean): Frame {
  if (message instanceof Uint8Array) return message;
  return isEncoded && typeof message === "string" ? message : encode(message);
}

/** What a frame says: JSON in text, MessagePack in bytes. */
export function fromFrame(data: unknown): unknown {
  if (typeof data === "string") return JSON.parse(data);
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return decode(data);
  if (data instanceof Blob) return data.arrayBuffer().then(decode);
  return data;
}
