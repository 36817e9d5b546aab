import { checkReadable, rejectUnreadable } from "./upload/readable.ts";

/** Bytes encoded at a time, in a few milliseconds. A multiple of three, so that only the last piece is padded. */
const PIECE_BYTES = 3_145_728;

/** A file as a base64 data URI. It is encoded piece by piece, so that the page stays responsive. An abort ends it. */
export async function dataUri(file: Blob, signal?: AbortSignal): Promise<string> {
  let uri = "";
  // Appending to a string copies nothing. Joining an array would copy everything at once.
  await encode(file, (piece) => (uri += piece), signal);
  return uri;
}

/**
 * Files within a JSON text. A large data URI in the text would block the page several times, so a placeholder stands
 * for it until the text becomes a `Blob`.
 */
export class Inlined {
  readonly #uris = new Map<string, Blob>();

  /** The text to write for a file: its data URI, or a placeholder. */
  async of(file: Blob, signal?: AbortSignal): Promise<string> {
    if (file.size <= PIECE_BYTES) return dataUri(file, signal);
    const pieces: Blob[] = [];
    await encode(file, (piece) => pieces.push(new Blob([piece])), signal);
    const placeholder = `fal-inlined-${Math.random().toString(36).slice(2)}`;
    this.#uris.set(placeholder, new Blob(pieces));
    return placeholder;
  }

  /** The text with the files in place of the placeholders. */
  body(text: string | undefined): string | Blob | undefined {
    if (this.#uris.size === 0 || text === undefined) return text;
    return new Blob(text.split(/(fal-inlined-\w+)/).map((part) => this.#uris.get(part) ?? part));
  }
}

async function encode(file: Blob, take: (piece: string) => unknown, signal?: AbortSignal): Promise<void> {
  await checkReadable(file);
  try {
    take(`data:${file.type || "application/octet-stream"};base64,`);
    for (let at = 0; at < file.size && !signal?.aborted; at += PIECE_BYTES) take(await base64(file.slice(at, at + PIECE_BYTES)));
  } catch (cause) {
    rejectUnreadable(cause);
  }
}

/** One piece of a file as base64. Rejects if it is too short, as the file was truncated then. */
async function base64(piece: Blob): Promise<string> {
  const encoder = nextEncoder();
  const began = performance.now();
  const text = await encoder(piece);
  // The time for a smaller piece says little about the encoder.
  if (piece.size === PIECE_BYTES) costs.set(encoder, performance.now() - began);
  if (text.length !== Math.ceil(piece.size / 3) * 4) throw new Error("The file is shorter than it was");
  return text;
}

type Encoder = (piece: Blob) => Promise<string>;

/** The time that each encoder took for its last whole piece, in milliseconds. */
const costs = new Map<Encoder, number>();

/**
 * The encoder for the next piece. Each encoder that the browser has is tried once, then the fastest is used. The
 * fastest differs: for 20 MB, `toBase64` takes half the time of `FileReader` in Chromium, and twice the time in
 * Firefox.
 */
function nextEncoder(): Encoder {
  const encoders: Encoder[] = [];
  if ("toBase64" in Uint8Array.prototype) encoders.push(encodeBytes);
  if (typeof FileReader !== "undefined") encoders.push(readBase64);
  const untried = encoders.find((encoder) => !costs.has(encoder));
  const costOf = (encoder: Encoder): number => costs.get(encoder) ?? 0;
  return untried ?? encoders.sort((one, other) => costOf(one) - costOf(other))[0] ?? encodeText;
}

/** Encodes with `Uint8Array.prototype.toBase64`. */
async function encodeBytes(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer()) as Uint8Array & { toBase64(): string };
  return bytes.toBase64();
}

/** Encodes with `FileReader`. */
function readBase64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const uri = reader.result as string;
      resolve(uri.slice(uri.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(piece);
  });
}

/** Encodes with `btoa`, which every runtime has. It is slow. */
async function encodeText(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer());
  let text = "";
  // A function call takes a limited number of arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
