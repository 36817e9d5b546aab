/** An operation of the Rust side: about an endpoint id or a file, with options. */
export type Call = (config: object, subject: unknown, options: object) => Promise<any>;

/** What the Rust side exports: see src/exports.rs. It rejects with facts, not exceptions. */
export interface Wasm {
  subscribe: Call;
  submit: Call;
  status: Call;
  result: Call;
  cancel: Call;
  follow: Call;
  run: Call;
  open: Call;
  token: Call;
  /** Asks for a place for a file: `{ upload_url, file_url }`. */
  initiate: Call;
  /** Puts a file, or its part with the number `part`, to `uploadUrl`: the part's etag. */
  put: Call;
  /** Says that all `parts` are there. */
  complete: Call;
  /** How many parts a file of this size goes up in; 0 for one that goes in one piece. */
  parts(bytes: number): number;
  /** Checks an endpoint id and, if asked to, the input of a known endpoint. */
  check(endpointId: unknown, input: unknown, validate: boolean): void;
  Events: new () => Events;
}

/** Where the events of a stream end. What it gives ends each event's data with a CR. */
export interface Events {
  feed(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
  free(): void;
}

/** The facts of an argument that cannot be right. */
export function badArgument(argument: string, problem: string, more: object = {}): object {
  return { falCode: "invalid_argument", argument, problem, ...more };
}
