import { crash, crashes } from "../../src/browser/watch.js";

/** An operation of the Rust side: about an endpoint id or the bytes of a file, with options. */
export type Call = (config: object, subject: unknown, options: object) => Promise<any>;

/**
 * What the Rust side exports: see src/exports.rs. It rejects with facts, not exceptions, and
 * gives answers, of which `meaning` makes what is said here.
 */
export interface Wasm {
  /** Gives the answer that holds the result. */
  subscribe: Call;
  /** Follows a request that was submitted before, to the answer that holds its result. */
  resume: Call;
  submit: Call;
  status: Call;
  result: Call;
  cancel: Call;
  follow: Call;
  run: Call;
  open: Call;
  token: Call;
  /** Asks for a place for a file, whose type and name the body says: `{ upload_url, file_url }`. */
  initiate: Call;
  /** Puts bytes to `uploadUrl`, or to its part with the number `part`: their etag. */
  put: Call;
  /** Says that all parts are there, which the body lists. */
  complete: Call;
  /** How many bytes of a file of this size go up at a time; the defaults hold in place of `undefined`. */
  part_bytes(size: number, threshold?: number, partSize?: number): number;
  /** Checks an endpoint id and, if asked to, the input of a known endpoint: the facts of what is wrong. */
  check(endpointId: unknown, input: unknown, validate: boolean): object | undefined;
  /** Whether an event of a stream of statuses is a status of the request that is followed. */
  is_followed_status(status: unknown, requestId: string): boolean;
  /**
   * Reads the next bytes of a stream of events and leaves the data among them at their beginning,
   * with a CR where an event ends: how many bytes these are, times 64, and the state to go on from.
   */
  read_events(state: number, bytes: Uint8Array): number;
}

/** The facts of an argument that cannot be right. */
export function badArgument(argument: string, problem: string, more: object = {}): object {
  return { falCode: "invalid_argument", argument, problem, ...more };
}

/**
 * An instance whose exports reject all calls on it when one of them traps, and that is not entered
 * any more then. Only what an export throws is a crash: a caller's code may throw a
 * `WebAssembly.RuntimeError` of its own.
 */
export function guarded(instance: Wasm): { guard: Wasm; isCrashed(): boolean } {
  const before = crashes;
  const isCrashed = (): boolean => crashes > before;
  const enter =
    (exported: (...given: any[]) => unknown) =>
    (...given: any[]): unknown => {
      if (isCrashed()) throw { falCode: "wasm_crashed" };
      try {
        return exported(...given);
      } catch (cause) {
        crash(cause);
        throw { falCode: "wasm_crashed", cause };
      }
    };
  const entries = Object.entries(instance).map(([name, exported]) => [name, enter(exported)]);
  return { guard: Object.fromEntries(entries), isCrashed };
}
