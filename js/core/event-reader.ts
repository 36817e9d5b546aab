// Reads server-sent events from bytes. The engine finds the end of each event, in a buffer of its memory that all
// streams share. So bytes are copied once, and a chunk of any size takes no more memory than a slice.

import type { Engine, EventBuffer } from "./engine.ts";

/** How many bytes are read at once. */
const SLICE_BYTES = 65_536;

const buffers = new WeakMap<Engine, EventBuffer>();

/** Calls into the module, and detects a crash. */
type Enter = <T>(work: () => T) => T;

/** The events of one stream. */
export class EventReader {
  readonly #engine: Engine;
  readonly #enter: Enter;
  readonly #decoder = new TextDecoder();
  #state = 0;
  /** The data of an event that is not complete. */
  #begun = "";

  constructor(engine: Engine, enter: Enter) {
    this.#engine = engine;
    this.#enter = enter;
  }

  /** Gives the data of the events that end within the next bytes, slice by slice. */
  *read(bytes: Uint8Array): Generator<string[], void, undefined> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const texts = this.#enter(() => this.#readSlice(bytes.subarray(at, at + SLICE_BYTES))).split("\r");
      texts[0] = this.#begun + texts[0];
      this.#begun = texts.pop()!;
      yield texts;
    }
  }

  #readSlice(slice: Uint8Array): string {
    const engine = this.#engine;
    let buffer = buffers.get(engine);
    if (!buffer) buffers.set(engine, (buffer = new engine.EventBuffer(SLICE_BYTES)));
    const address = buffer.address();
    const { buffer: memory } = engine.module_memory();
    new Uint8Array(memory, address, slice.length).set(slice);
    const kept = buffer.read(this.#state, slice.length);
    this.#state = buffer.state;
    return this.#decoder.decode(new Uint8Array(memory, address, kept), { stream: true });
  }
}
