// Makes hostile JSON and hostile text from a seed, for the fuzz tests of the code that reads answers.

const WORDS = [
  "", "body", "prompt", "Not enough credits", "<!doctype html><title>502</title>", " \n<html>", "\0", "\r\n", "é😀", "\ud800", "\u2028",
  // oxlint-disable-next-line eslint/no-template-curly-in-string -- hostile text, for whoever fills in templates
  "toString", "constructor", "__proto__", "[object Object]", "NaN", "%s${x}", "x".repeat(299) + "😀",
];
const NAMES = [
  "detail", "detail", "detail", "msg", "loc", "type", "message", "error", "error_type", "status", "request_id", "input", "ctx", "body",
  "toString", "valueOf", "toJSON", "__proto__", "constructor", "length", "then", "at", "0",
];
const NUMBERS = [0, -0, 1, -1, 0.5, 1e308, -1e308, 2 ** 53, 422];

const LONG = "x".repeat(65_536);
/** A body with a field that is nested deeper than a recursive reader can follow. */
export const DEEP = `{"detail":[{"msg":"No","loc":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}`;

/**
 * Returns numbers from 0 to 1. The same seed gives the same numbers (mulberry32).
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Makes hostile values with the numbers of `random`.
 * @param {() => number} random
 */
export function hostile(random) {
  const below = (/** @type {number} */ most) => Math.floor(random() * most);
  /** @type {<T>(of: T[]) => T} */
  const one = (of) => of[below(of.length)];
  /** @type {<T>(make: () => T) => T[]} */
  const list = (make) => Array.from({ length: below(4) }, make);

  /**
   * A value that JSON.parse may return. More often than not it resembles an error body of the service.
   * @returns {unknown}
   */
  function json(depth = 3) {
    const kind = below(depth > 0 ? 12 : 6);
    if (kind < 3) return below(500) ? one(WORDS) : LONG;
    if (kind < 5) return one([null, true, false, ...NUMBERS]);
    if (kind === 5) return below(200) ? [] : nest(one([10, 1_000]));
    if (kind === 6) return list(() => json(depth - 1));
    if (kind === 7) return { detail: list(() => finding(depth - 1)) };
    return object(list(() => /** @type {[string, unknown]} */ ([one(NAMES), json(depth - 1)])));
  }

  /** @param {number} depth */
  function finding(depth) {
    const loc = one(/** @type {unknown[]} */ ([["body", "prompt"], ["body", 0], list(() => json(depth - 1)), json(depth - 1)]));
    return below(4) ? { loc, msg: below(4) ? one(WORDS) : json(depth - 1), type: one(WORDS) } : json(depth - 1);
  }

  /**
   * Makes an object as JSON.parse does: `__proto__` is an ordinary field.
   * @param {[string, unknown][]} fields
   */
  function object(fields) {
    const made = {};
    for (const [name, value] of fields) Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
    return made;
  }

  /** @param {number} depth */
  function nest(depth) {
    let value = /** @type {unknown} */ (one(WORDS));
    for (let n = 0; n < depth; n++) value = [value];
    return value;
  }

  /**
   * Damages a text: cuts it, doubles it, or inserts something that does not belong there.
   * @param {string} text
   */
  function damaged(text) {
    for (let times = below(4); times > 0; times--) {
      const at = below(text.length + 1);
      const end = at + below(Math.min(16, text.length - at) + 1);
      text = text.slice(0, at) + one(["", "", one(WORDS).slice(0, 400), text.slice(at, end).repeat(below(3))]) + text.slice(end);
    }
    return text;
  }

  return { below, one, json, damaged };
}
