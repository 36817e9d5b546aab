// The agent that webkit.mjs installs in the page, and the JSON encoding of their messages.

/**
 * Encodes a value as JSON. As in playwright, NaN, undefined and bytes survive.
 * @param {any} value
 * @returns {any}
 */
export function encode(value) {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") return { u: 1 };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return { n: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "bigint") return { b: String(value) };
  if (value === null || typeof value !== "object") return { v: value };
  if (Array.isArray(value)) return { a: value.map(encode) };
  if (value instanceof Date) return { d: value.toJSON() };
  if (value instanceof Error) return { e: [value.name, value.message, value.stack] };
  if (ArrayBuffer.isView(value)) return { t: [value.constructor.name, Array.from(/** @type {Uint8Array} */ (value), String)] };
  return { o: Object.keys(value).map((key) => [key, encode(value[key])]) };
}

/**
 * Decodes a value.
 * @param {any} told the output of `encode`
 * @returns {any}
 */
export function decode(told) {
  if (told === undefined || "u" in told) return undefined;
  if ("n" in told) return Number(told.n);
  if ("b" in told) return BigInt(told.b);
  if ("v" in told) return told.v;
  if ("a" in told) return told.a.map(decode);
  if ("d" in told) return new Date(told.d);
  if ("e" in told) return Object.assign(new Error(told.e[1]), { name: told.e[0], stack: told.e[2] });
  if ("t" in told) return Reflect.get(globalThis, told.t[0]).from(told.t[1], told.t[0].startsWith("Big") ? BigInt : Number);
  return Object.fromEntries(told.o.map((/** @type {[string, unknown]} */ [key, value]) => [key, decode(value)]));
}

/** Runs in the page. Uses nothing else of this file, except for `encode` and `decode`. */
function install() {
  /** @type {Map<string, { isDone: boolean, wake?: () => void, value?: unknown, error?: unknown }>} */
  const calls = new Map();
  /** @type {unknown[][]} */
  const events = [];
  // Keep the original timer: a test may stop the page's clock.
  const later = window.setTimeout.bind(window);
  const agent = {
    events,
    encode,
    decode,
    /**
     * @param {string} id
     * @param {() => unknown} work
     */
    begin(id, work) {
      /** @type {{ isDone: boolean, wake?: () => void }} */
      const call = { isDone: false };
      calls.set(id, call);
      const end = (/** @type {object} */ found) => Object.assign(call, found, { isDone: true }, call.wake?.());
      // Start with a promise, so that an exception of the script becomes a rejection.
      Promise.resolve()
        .then(work)
        .then(
          (value) => end({ value: encode(value) }),
          (error) => end({ error: { name: String(error?.name), message: String(error?.message ?? error) } }),
        );
    },
    /**
     * Reports the state of a call, after `ms` at the latest.
     * @param {string} id
     * @param {number} ms
     * @param {(report: string) => void} tell
     */
    async look(id, ms, tell) {
      const call = calls.get(id);
      if (!call) return tell(JSON.stringify({ isGone: true, events: events.splice(0) }));
      if (!call.isDone) await Promise.race([new Promise((resolve) => (call.wake = () => resolve(undefined))), new Promise((resolve) => later(resolve, ms))]);
      // Wait for two turns: an unhandled rejection is reported in the first, and the listener below records it in the second.
      if (call.isDone) for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => later(resolve));
      if (call.isDone) calls.delete(id);
      tell(JSON.stringify({ isDone: call.isDone, value: call.value, error: call.error, events: events.splice(0) }));
    },
  };
  Object.defineProperty(window, "__agent", { value: agent });
  const said = (/** @type {unknown} */ error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  // This listener comes before those of the page. Wait for a turn to see whether the page has handled the event.
  for (const [type, field] of [["error", "error"], ["unhandledrejection", "reason"]]) {
    window.addEventListener(type, (/** @type {any} */ event) => later(() => event.defaultPrevented || events.push(["error", said(event[field] ?? event.message)])));
  }
  for (const [method, type] of /** @type {const} */ ([["error", "error"], ["warn", "warning"], ["log", "log"], ["info", "info"]])) {
    const native = console[method];
    console[method] = (/** @type {unknown[]} */ ...given) => {
      events.push(["console", type, given.map(String).join(" ")]);
      return native.apply(console, given);
    };
  }
}

/** The text of a function that installs the agent. */
export const installAgent = `() => { ${encode}\n${decode}\n(${install})(); }`;
