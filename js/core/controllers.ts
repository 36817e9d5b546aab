// Makes controllers whose signals `fetch` accepts.

interface Maker {
  /** The global `AbortController`, which tests may replace. */
  Own: typeof AbortController;
  make: () => AbortController;
  /** Whether `fetch` accepts the signals. */
  isTaken: boolean;
}

declare const process: { getBuiltinModule?(name: string): { transferableAbortController(): AbortController } } | undefined;

let maker: Maker | undefined;

/**
 * A controller whose signal the platform's `fetch` accepts. Tests in Node may use a simulated page, such as jsdom. Its
 * `AbortController` is another class than Node's, and Node's `fetch` refuses its signals.
 */
export function newController(): AbortController {
  return currentMaker().make();
}

/** The `signal` of a `fetch` init, from a `newController`. Empty if `fetch` would refuse it. */
export function signalPart(signal: AbortSignal): { signal?: AbortSignal } {
  return currentMaker().isTaken ? { signal } : {};
}

/** The maker for the current global class. It is made once for each class. */
function currentMaker(): Maker {
  const { AbortController: Own } = globalThis;
  if (maker?.Own !== Own) maker = makerOf(Own);
  return maker;
}

function makerOf(Own: typeof AbortController): Maker {
  const own = (): AbortController => new Own();
  if (isTaken(own().signal)) return { Own, make: own, isTaken: true };
  const util = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:util");
  return util ? { Own, make: () => util.transferableAbortController(), isTaken: true } : { Own, make: own, isTaken: false };
}

function isTaken(signal: AbortSignal): boolean {
  if (typeof Request === "undefined") return true;
  try {
    return Boolean(new Request("http://localhost", { signal }));
  } catch {
    return false;
  }
}
