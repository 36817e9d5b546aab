import { newController } from "../../src/browser/watch.js";
import type { Wasm } from "./wasm.ts";

/** Where a stream comes from, and how its failures become exceptions. */
export interface Source {
  wasm: Wasm;
  /** Sends the request; the answer's body is the stream. */
  open(signal: AbortSignal): Promise<Response>;
  toError(reason: unknown): unknown;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a byte until the stream fails, also before the first one; by default,
   * 45 s from the answer's headers on.
   */
  timeout?: number | undefined;
  /** The same, until the first byte. */
  first?: number | undefined;
  /** Whether the stream ends with this event, also where its connection stays open. */
  isLast?(event: any): boolean;
}

type Listener = (event: any) => void;

/** Three of the service's comments, which come every 15 s (protocol §5.4), may be missed. */
const IDLE_MS = 45_000;
/** The longest delay that timers take; a longer one would fire at once. */
const MAX_MS = 2_147_483_647;

/** How long a stream that said its end may take to end by itself, which saves its connection. */
const LINGER_MS = 1_000;
/** The event that ends a stream by OpenAI's convention, which models pass on. */
const DONE = "[DONE]";

/** How many states `read_events` knows. */
const STATES = 64;

/** A running stream of server-sent events, or of bytes where the answer is of any other type. */
export class FalStream {
  // Minifiers rename classes.
  static readonly name = "FalStream";
  readonly #source: Source;
  readonly #controller = new AbortController();
  /** Aborted when the stream has ended, for whatever reason: only that frees its connection in Firefox. */
  readonly #request = newController();
  readonly #listeners: Array<[type: string, listener: Listener]> = [];
  readonly #done: Promise<any>;
  #settle!: { resolve(value: unknown): void; reject(error: unknown): void };
  /** The events that no iteration has taken yet. */
  #buffer: unknown[] = [];
  #isIterated = false;
  /** An event said that the stream has ended. */
  #saidEnd = false;
  /** The end of a connection whose stream said its end, at most `LINGER_MS` later. */
  #rest: Promise<void> | undefined;
  #last: unknown;
  #failure: { error: unknown } | undefined;
  #isOver = false;
  #wake: () => void = () => {};
  #requestId = "";

  constructor(source: Source) {
    this.#source = source;
    this.#done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever asks for it is told; nobody has to ask.
    this.#done.catch(() => {});
    const { signal } = source;
    const own = this.#controller.signal;
    own.addEventListener("abort", () => this.#request.abort(own.reason), { once: true });
    const abort = (): void => this.#controller.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    this.#run().finally(() => signal?.removeEventListener("abort", abort));
  }

  on = (type: string, listener: Listener): void => {
    this.#listeners.push([type, listener]);
  };

  done = (): Promise<any> => this.#done;

  abort = (reason?: unknown): void => {
    if (!this.#isOver) this.#controller.abort(reason);
  };

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requestId(): string {
    return this.#requestId;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<any, void, unknown> {
    this.#isIterated = true;
    try {
      for (;;) {
        yield* this.#buffer.splice(0);
        if (this.#buffer.length > 0) continue;
        if (this.#failure) throw this.#failure.error;
        if (this.#isOver) return;
        await new Promise<void>((resolve) => {
          const next = this.#wake;
          this.#wake = () => (next(), resolve());
        });
      }
    } finally {
      this.abort();
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#controller;
    const ended = new Promise<"aborted">((resolve) => {
      if (signal.aborted) resolve("aborted");
      else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
    });
    try {
      const outcome = await Promise.race([ended, this.#read()]);
      this.#end(() => {
        const value = outcome === "aborted" ? (this.#last ?? {}) : this.#last;
        if (outcome !== "aborted") this.#tell("done", value);
        this.#settle.resolve(value);
      });
    } catch (reason) {
      const error = this.#source.toError(reason);
      this.#end(() => {
        this.#failure = { error };
        this.#tell("error", error);
        this.#settle.reject(error);
      });
      this.#controller.abort();
    }
    await this.#rest;
    this.#request.abort();
  }

  #end(settle: () => void): void {
    this.#isOver = true;
    settle();
    this.#awaken();
  }

  async #read(): Promise<void> {
    const { open } = this.#source;
    const { signal } = this.#request;
    if (signal.aborted) return;
    const { timeout, first = timeout } = this.#source;
    const response = await this.#alive(open(signal), first);
    this.#requestId = response.headers.get("x-fal-request-id") ?? "";
    const isEvents = /^text\/event-stream/i.test(response.headers.get("content-type") ?? "");
    const take = isEvents ? this.#events() : (bytes: Uint8Array) => this.#give(bytes, ["data"]);
    const reader = response.body?.getReader();
    // A caller's own fetch may not heed its signal.
    signal.addEventListener("abort", () => void reader?.cancel().catch(() => {}), { once: true });
    let ms = first ?? IDLE_MS;
    for (;;) {
      const { value, done } = await this.#chunk(reader, ms);
      ms = timeout ?? IDLE_MS;
      if (this.#isOver || signal.aborted) return;
      if (value) take(value);
      if (this.#saidEnd && !done) {
        this.#rest = this.#alive(drained(reader), LINGER_MS).catch(() => {});
        return;
      }
      if (!done) continue;
      // An event may lack its blank line.
      if (isEvents) take(new Uint8Array([10, 10]));
      return;
    }
  }

  /** Something to wait for, which fails when it takes too long. */
  async #alive<T>(coming: Promise<T>, ms = 0): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stalled = new Promise<never>((_, reject) => {
      const facts = { falCode: "http", status: 408, statusText: `nothing came for ${ms} ms` };
      if (ms > 0 && ms <= MAX_MS) timer = setTimeout(() => reject({ ...facts, ...this.#names() }), ms);
    });
    try {
      return await Promise.race([coming, stalled]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next bytes; none of an answer without a body. */
  async #chunk(reader: ReadableStreamDefaultReader<Uint8Array> | undefined, ms: number): Promise<ReadableStreamReadResult<Uint8Array>> {
    if (!reader) return { value: undefined, done: true };
    const read = reader.read().catch((cause: unknown) => {
      throw { falCode: "network", cause, ...this.#names() };
    });
    return this.#alive(read, ms);
  }

  #names(): object {
    return { operation: "stream", ...(this.#requestId && { requestId: this.#requestId }) };
  }

  /** What takes the bytes of server-sent events. */
  #events(): (bytes: Uint8Array) => void {
    const decoder = new TextDecoder();
    let state = 0;
    let begun = "";
    return (bytes) => {
      // A copy: the bytes may also be somebody else's, and are written over.
      const data = bytes.slice();
      const read = this.#source.wasm.read_events(state, data);
      state = read % STATES;
      const texts = decoder.decode(data.subarray(0, read / STATES), { stream: true }).split("\r");
      texts[0] = begun + texts[0];
      begun = texts.pop()!;
      for (const text of texts) {
        if (this.#isOver || this.#saidEnd) return;
        // An event without data is a sign of life, and no more.
        if (text === DONE) this.#saidEnd = true;
        else if (text) this.#give(this.#parsed(text), ["data", "message"]);
      }
    };
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw { falCode: "bad_response", problem: "an event is not valid JSON", cause, ...this.#names() };
    }
  }

  #give(event: unknown, types: string[]): void {
    this.#last = event;
    const isHeard = this.#listeners.some(([type]) => types.includes(type));
    if (this.#isIterated || !isHeard) this.#buffer.push(event);
    for (const type of types) this.#tell(type, event);
    this.#awaken();
    if (this.#source.isLast?.(event)) this.#saidEnd = true;
  }

  #awaken(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }

  #tell(type: string, event: unknown): void {
    for (const [wanted, listener] of this.#listeners) {
      if (wanted !== type) continue;
      try {
        listener(event);
      } catch (error) {
        // A listener's own failure is not the stream's, and must not be lost either.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Reads a body to its end. */
async function drained(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  while (reader && !(await reader.read()).done);
}
