// The time without an answer, said while it lasts: a page that is silent looks as if it worked.
import { $, announce } from "./dom.js";

/** @import { OfflineProgress, ReconnectingProgress } from "fal-wasm" */

const WORDS = {
  reconnecting: { title: "Reconnecting", detail: "No answer for", voice: "There is no answer. The page tries again." },
  offline: { title: "Offline", detail: "No network for", voice: "There is no network. The page goes on when it is back." },
};

/** Takes the place of the words of a run's progress, and gives it back with `onEnd()`. */
export function createOutage(/** @type {() => void} */ onEnd) {
  /** @type {ReconnectingProgress | OfflineProgress | undefined} */
  let outage;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;

  function tick() {
    if (!outage) return;
    const { title, detail } = WORDS[outage.phase];
    $("progress-stage").textContent = title;
    $("progress-detail").textContent = `${detail} ${duration(Date.now() - outage.since)}`;
  }

  return {
    get isOn() {
      return outage !== undefined;
    },

    /** @param {ReconnectingProgress | OfflineProgress} next */
    begin(next) {
      clearInterval(ticking);
      if (outage?.phase !== next.phase) announce(WORDS[next.phase].voice);
      outage = next;
      $("progress").classList.add("lost");
      $("progress-bar").removeAttribute("value");
      tick();
      ticking = setInterval(tick, 1000);
    },

    /** @param {{ isAnswered: boolean }} why */
    end({ isAnswered }) {
      if (!outage) return;
      if (isAnswered) announce("The connection is back.");
      outage = undefined;
      clearInterval(ticking);
      $("progress").classList.remove("lost");
      onEnd();
    },
  };
}

/**
 * `12 s`, `4 min 1 s`.
 * @param {number} milliseconds
 */
function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
