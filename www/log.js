// The log lines of the model, each once. Not a live region: reading one line per frame would drown everything else.
import { $, element } from "./dom.js";

/** @import { RequestLog } from "fal-wasm" */

/** The log below the stage. */
export function createLog() {
  const box = $("log-scroll");
  /** @type {Set<string>} */
  let seen = new Set();

  /** @param {RequestLog} entry */
  function append({ message, timestamp = "" }) {
    const line = element("li");
    // Timestamps come with or without a time zone. Show the time as it was sent.
    const clock = /T(\d\d:\d\d:\d\d)/.exec(timestamp)?.[1];
    if (clock) line.append(element("time", clock));
    line.append(element("span", message));
    $("log-lines").append(line);
  }

  return {
    /** Removes the lines of the last run. */
    clear() {
      seen = new Set();
      $("log-lines").replaceChildren();
      $("log").hidden = true;
    },

    /**
     * Adds the lines that are new. A status may repeat all lines or contain only the newest.
     * @param {RequestLog[]} logs
     */
    add(logs) {
      const fresh = logs.filter(({ message, timestamp }) => !seen.has(`${timestamp} ${message}`));
      if (fresh.length === 0) return;
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
      for (const entry of fresh) {
        seen.add(`${entry.timestamp} ${entry.message}`);
        append(entry);
      }
      $("log-count").textContent = `(${seen.size})`;
      $("log").hidden = false;
      if (atEnd) box.scrollTop = box.scrollHeight;
    },
  };
}
