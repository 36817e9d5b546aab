// Detects whether a file changes while its parts are sent. The stored file would be half old, half new. Chromium and
// WebKit refuse to read a file that changed since it was chosen. Firefox does not.

import { badArgument } from "../bad-argument.ts";

/** How many bytes of each end of a part are compared. */
const SAMPLE_BYTES = 1_024;

/** The ends of each part of a file when its upload began. A change between the ends is not detected. */
export class Original {
  readonly #file: Blob;
  readonly #partSize: number;
  readonly #samples: Uint8Array;

  private constructor(file: Blob, partSize: number, samples: Uint8Array) {
    this.#file = file;
    this.#partSize = partSize;
    this.#samples = samples;
  }

  static async of(file: Blob, partSize: number): Promise<Original> {
    return new Original(file, partSize, await bytesOf(sampleEnds(file, partSize)).catch(rejectChanged));
  }

  /** Rejects if the part at this index, from 0, has changed. */
  async checkPart(index: number): Promise<void> {
    const from = index * this.#partSize;
    // All parts before this one have the same size, and so have their samples.
    const start = index * Math.min(2 * SAMPLE_BYTES, 2 * this.#partSize);
    await this.#compare(start, sampleEnds(this.#file.slice(from, from + this.#partSize), this.#partSize));
  }

  /** Rejects if any part has changed. */
  async check(): Promise<void> {
    await this.#compare(0, sampleEnds(this.#file, this.#partSize));
  }

  async #compare(start: number, sample: Blob): Promise<void> {
    const now = await bytesOf(sample).catch(rejectChanged);
    const before = this.#samples.subarray(start, start + sample.size);
    if (now.length !== before.length || now.some((byte, at) => byte !== before[at])) rejectChanged();
  }
}

/** The ends of each part, concatenated. */
function sampleEnds(bytes: Blob, partSize: number): Blob {
  const pieces: Blob[] = [];
  for (let from = 0; from < bytes.size; from += partSize) {
    const part = bytes.slice(from, from + partSize);
    pieces.push(part.slice(0, SAMPLE_BYTES), part.slice(Math.max(0, part.size - SAMPLE_BYTES)));
  }
  return new Blob(pieces);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** Throws the facts of a file that changed while it was sent. */
export function rejectChanged(cause?: unknown): never {
  throw badArgument("file", "changed while it was sent: it would be stored half old, half new", cause === undefined ? {} : { cause });
}
