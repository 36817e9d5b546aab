import type { ResolvedConfig } from "../resolved-config.ts";
import type { AnswerFacts, Facts, HttpFacts, NetworkFacts } from "../facts.ts";
import { newController } from "./controllers.ts";
import type { Calls } from "./calls.ts";
import { LONGEST_TIMER_MS } from "./wait.ts";

/** The source of a stream, and the conversion of its failures to exceptions. */
export interface Source {
  calls: Calls;
  /** The caller's request, for the fields of the stream. */
  asked?: { config: ResolvedConfig; endpointId: unknown; options: object };
  /** Sends the request. The answer's body is the stream. Before that, `onUrl` gets the request's URL. */
  open(signal: AbortSignal, onUrl: (url: string) => void): Promise<Response>;
  toError(reason: unknown): unknown;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a byte until the stream fails, counted from the start of the request. By default, 45 s
   * counted from the answer's headers.
   */
  timeout?: number | undefined;
  /** The same limit for the first byte. */
  first?: number | undefined;
  /** Whether the stream ends with this event, even if its connection stays open. */
  isLast?(event: unknown): boolean;
}

type Listener = (event: unknown) => void;

/** The types of listeners that get a server-sent event. */
const EVENT_TYPES = ["data", "message"] as const;
/** The types of listeners that get bytes. */
const BYTES_TYPES = ["data"] as const;

/** The service sends a comment every 15 s (protocol §5.4). Three may be missing. */
const IDLE_MS = 45_000;
/** The time for a stream to end by itself after its last event, in milliseconds. That keeps the connection usable. */
const LINGER_MS = 1_000;
/** The event that ends a stream by OpenAI's convention. Some models send it. */
const DONE = "[DONE]";

/** A running stream of server-sent events, or of bytes if the answer has another content type. */
export class FalStream {
  // Set explicitly, as minifiers rename classes.
  static readonly name = "FalStream";
  readonly #source: Source;
  readonly #controller = new AbortController();
  /** Aborted whenever the stream has ended, as Firefox frees the connection only then. */
  readonly #request = newController();
  /** The listeners, by their types. */
  readonly #listeners = new Map<string, Listener[]>();
  readonly #done: Promise<unknown>;
  #settle!: { resolve(value: unknown): void; reject(error: unknown): void };
  /** The events that no loop has taken yet. */
  #buffer: unknown[] = [];
  #isIterated = false;
  /** The last event of the stream has come. */
  #saidEnd = false;
  /** Resolves when the connection has ended after the last event, or after `LINGER_MS`. */
  #rest: Promise<void> | undefined;
  #last: unknown;
  #failure: { error: unknown } | undefined;
  #isOver = false;
  /** Resolves the promise that a loop waits for, if one does. */
  #wake: (() => void) | undefined;
  #requestId = "";
  #url = "";

  constructor(source: Source) {
    this.#source = source;
    this.#done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Callers need not use `done`, so its rejection must not count as unhandled.
    this.#done.catch(() => {});
    const { signal } = source;
    const own = this.#controller.signal;
    own.addEventListener("abort", () => this.#request.abort(own.reason), { once: true });
    const abort = (): void => this.#controller.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    void this.#run().finally(() => signal?.removeEventListener("abort", abort));
  }

  on = (type: string, listener: Listener): void => {
    const others = this.#listeners.get(type);
    if (others) others.push(listener);
    else this.#listeners.set(type, [listener]);
  };

  done = (): Promise<unknown> => this.#done;

  abort = (reason?: unknown): void => {
    if (!this.#isOver) this.#controller.abort(reason);
  };

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requestId(): string {
    return this.#requestId;
  }

  // The official client's streams have these fields, too. Here they are getters: the configuration may hold a key, and
  // would show wherever the stream is logged.

  get endpointId(): unknown {
    return this.#source.asked?.endpointId;
  }

  get url(): string {
    return this.#url;
  }

  get options(): unknown {
    return this.#source.asked?.options;
  }

  get config(): unknown {
    return this.#source.asked?.config;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, unknown> {
    this.#isIterated = true;
    try {
      for (;;) {
        // Not `yield*`, which waits three times for each event.
        for (const event of this.#buffer.splice(0)) yield event;
        if (this.#buffer.length > 0) continue;
        if (this.#failure) throw this.#failure.error;
        if (this.#isOver) return;
        await new Promise<void>((resolve) => {
          const next = this.#wake;
          this.#wake = () => (next?.(), resolve());
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
        if (outcome !== "aborted") this.#dispatch("done", value);
        this.#settle.resolve(value);
      });
    } catch (reason) {
      const error = this.#source.toError(reason);
      this.#end(() => {
        this.#failure = { error };
        this.#dispatch("error", error);
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
    const response = await this.#withinTime(open(signal, (url) => (this.#url = url)), first);
    this.#requestId = response.headers.get("x-fal-request-id") ?? "";
    const isEvents = /^text\/event-stream/i.test(response.headers.get("content-type") ?? "");
    const take = isEvents ? this.#events() : (bytes: Uint8Array) => this.#give(bytes, BYTES_TYPES);
    const reader = response.body?.getReader();
    // A caller's own `fetch` may ignore its signal.
    signal.addEventListener("abort", () => void reader?.cancel().catch(() => {}), { once: true });
    let ms = first ?? IDLE_MS;
    for (;;) {
      const { value, done } = await this.#chunk(reader, ms);
      ms = timeout ?? IDLE_MS;
      if (this.#isOver || signal.aborted) return;
      if (value) take(value);
      if (this.#saidEnd && !done) {
        this.#rest = this.#withinTime(readToEnd(reader), LINGER_MS).catch(() => {});
        return;
      }
      if (!done) continue;
      // The last event may lack its blank line.
      if (isEvents) take(new Uint8Array([10, 10]));
      return;
    }
  }

  /** Waits for a step of the stream. Fails if it takes too long. */
  async #withinTime<T>(coming: Promise<T>, ms = 0): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stalled = new Promise<never>((_, reject) => {
      const facts: HttpFacts = { falCode: "http", status: 408, statusText: `nothing came for ${ms} ms` };
      if (ms > 0 && ms <= LONGEST_TIMER_MS) timer = setTimeout(() => reject({ ...facts, ...this.#requestFacts() }), ms);
    });
    try {
      return await Promise.race([coming, stalled]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next bytes. An answer without a body has none. */
  async #chunk(reader: ReadableStreamDefaultReader<Uint8Array> | undefined, ms: number): Promise<ReadableStreamReadResult<Uint8Array>> {
    if (!reader) return { value: undefined, done: true };
    const read = reader.read().catch((cause: unknown) => {
      throw { falCode: "network", cause, ...this.#requestFacts() } satisfies NetworkFacts;
    });
    return this.#withinTime(read, ms);
  }

  #requestFacts(): Pick<Facts, "operation" | "requestId"> {
    return { operation: "stream", ...(this.#requestId && { requestId: this.#requestId }) };
  }

  /** Returns a function that takes the bytes of server-sent events. */
  #events(): (bytes: Uint8Array) => void {
    const reader = this.#source.calls.eventReader();
    return (bytes) => {
      for (const texts of reader.read(bytes)) {
        for (const text of texts) {
          if (this.#isOver || this.#saidEnd) return;
          // An event without data only shows that the connection is alive.
          if (text === DONE) this.#saidEnd = true;
          else if (text) this.#give(this.#parseEvent(text), EVENT_TYPES);
        }
      }
    };
  }

  #parseEvent(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw { falCode: "bad_response", problem: "an event is not valid JSON", cause, ...this.#requestFacts() } satisfies AnswerFacts;
    }
  }

  #give(event: unknown, types: readonly string[]): void {
    this.#last = event;
    const isHeard = types.some((type) => this.#listeners.has(type));
    if (this.#isIterated || !isHeard) this.#buffer.push(event);
    for (const type of types) this.#dispatch(type, event);
    this.#awaken();
    if (this.#source.isLast?.(event)) this.#saidEnd = true;
  }

  #awaken(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #dispatch(type: string, event: unknown): void {
    const listeners = this.#listeners.get(type);
    if (!listeners) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        // A listener that throws must not break the stream. The error is reported as uncaught.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Reads a body to its end. */
async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  while (reader && !(await reader.read()).done);
}
