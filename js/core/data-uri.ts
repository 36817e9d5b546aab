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
  try {
    take(`data:${file.type || "application/octet-stream"};base64,`);
    for (let at = 0; at < file.size && !signal?.aborted; at += PIECE_BYTES) take(await base64(file.slice(at, at + PIECE_BYTES)));
  } catch (cause) {
    throw { falCode: "invalid_argument", argument: "file", problem: "could not be read", cause };
  }
}

async function base64(piece: Blob): Promise<string> {
  if (!("toBase64" in Uint8Array.prototype) && typeof FileReader !== "undefined") return readBase64(piece);
  const bytes: any = new Uint8Array(await piece.arrayBuffer());
  if (bytes.toBase64) return bytes.toBase64();
  let text = "";
  // Not more at once than a call takes arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** By the browser's reader, in engines that encode no bytes themselves. */
function readBase64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(",")[1] as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(piece);
  });
}
