// A file must not change while it goes up part by part: what is stored would be half old, half new.
// Chromium and WebKit refuse to read a file that was changed since it was chosen, Firefox does not.

import { badArgument } from "../wasm.ts";

/** How much of each end of a part is compared, in bytes. */
const SAMPLE_BYTES = 1_024;

/** What a file held when its upload began: the ends of each part. A change between them is not seen. */
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
    return new Original(file, partSize, await bytesOf(ends(file, partSize)).catch(changed));
  }

  /** Rejects where the part at this index, from 0, is not as it was. */
  async checkPart(index: number): Promise<void> {
    const from = index * this.#partSize;
    // The samples of all parts before it have the same size, as these are of one size.
    const start = index * Math.min(2 * SAMPLE_BYTES, 2 * this.#partSize);
    await this.#compare(start, ends(this.#file.slice(from, from + this.#partSize), this.#partSize));
  }

  /** Rejects where any part is not as it was. */
  async check(): Promise<void> {
    await this.#compare(0, ends(this.#file, this.#partSize));
  }

  async #compare(start: number, sample: Blob): Promise<void> {
    const now = await bytesOf(sample).catch(changed);
    const before = this.#samples.subarray(start, start + sample.size);
    if (now.length !== before.length || now.some((byte, at) => byte !== before[at])) changed();
  }
}

/** The ends of each part, one after another. */
function ends(bytes: Blob, partSize: number): Blob {
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

/** The facts of a file that changed between its parts. */
export function changed(cause?: unknown): never {
  throw badArgument("file", "changed while it was sent: it would be stored half old, half new", cause === undefined ? {} : { cause });
}
