// The outcome of a request in a word. Pure.
import { isError } from "./filter.js";

/** @import { Exchange, Tone } from "./types.d.ts" */

/**
 * The outcome as a status number or a word, and its tone.
 * @param {Pick<Exchange, "status" | "ending">} exchange
 * @returns {[string, Tone]}
 */
export function outcome({ status, ending }) {
  if (ending === "dropped") return ["dropped", "bad"];
  if (ending === "left") return [status ? `${status} left` : "left", "bad"];
  if (ending === "cut") return [status ? `${status} cut` : "cut", "bad"];
  if (status === null) return ["…", "open"];
  if (!ending) return [`${status} …`, "open"];
  return [String(status), isError({ status, ending }) ? "bad" : "good"];
}
