import { checkReadable, unreadable } from "./upload/readable.ts";

/** Encoded at a time, in bytes: a few milliseconds' work, and a multiple of three, so that nothing is padded within. */
const PIECE_BYTES = 3_145_728;

/** A file as a base64 data URI, made piece by piece so that the page goes on meanwhile, until the signal is aborted. */
export async function dataUri(file: Blob, signal?: AbortSignal): Promise<string> {
  let uri = "";
  // Adding to a string copies nothing, joining pieces would, all at once.
  await encode(file, (piece) => (uri += piece), signal);
  return uri;
}

/**
 * Files within a JSON text. As one string, a large one would hold up the page several times: a
 * word stands for it until the text becomes a `Blob`.
 */
export class Inlined {
  readonly #uris = new Map<string, Blob>();

  /** What to write for a file: its data URI or that word. */
  async of(file: Blob, signal?: AbortSignal): Promise<string> {
    if (file.size <= PIECE_BYTES) return dataUri(file, signal);
    const pieces: Blob[] = [];
    await encode(file, (piece) => pieces.push(new Blob([piece])), signal);
    const word = `fal-inlined-${Math.random().toString(36).slice(2)}`;
    this.#uris.set(word, new Blob(pieces));
    return word;
  }

  /** The text with the files in it. */
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
    unreadable(cause);
  }
}

/** One piece of a file as base64. Rejects where it holds less than it should: the file was cut. */
async function base64(piece: Blob): Promise<string> {
  const way = nextWay();
  const began = performance.now();
  const text = await way(piece);
  // Smaller ones say little of the ways.
  if (piece.size === PIECE_BYTES) costs.set(way, performance.now() - began);
  if (text.length !== Math.ceil(piece.size / 3) * 4) throw new Error("The file is shorter than it was");
  return text;
}

type Way = (piece: Blob) => Promise<string>;

/** What each way took for a whole piece when it last did one, in milliseconds. */
const costs = new Map<Way, number>();

/**
 * How to encode the next piece: each way that this engine has once, then always the one that took
 * less. Which one that is differs: for 20 MB, Chromium's bytes take half of what its reader does,
 * Firefox's reader half of what its bytes do.
 */
function nextWay(): Way {
  const ways: Way[] = [];
  if ("toBase64" in Uint8Array.prototype) ways.push(encodeBytes);
  if (typeof FileReader !== "undefined") ways.push(readBase64);
  const untried = ways.find((way) => !costs.has(way));
  const costOf = (way: Way): number => costs.get(way) ?? 0;
  return untried ?? ways.sort((one, other) => costOf(one) - costOf(other))[0] ?? encodeText;
}

/** By the engine's own encoding of bytes. */
async function encodeBytes(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer()) as Uint8Array & { toBase64(): string };
  return bytes.toBase64();
}

/** By the browser's reader of files. */
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

/** By way of a text, which every engine can, slowly. */
async function encodeText(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer());
  let text = "";
  // Not more at once than a call takes arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
