// Names the job that runs: its prompt, and the picture it is made from.
import { $ } from "./dom.js";

/** @import { Label } from "./types.d.ts" */

/**
 * @param {Label} label
 * @param {string} [note]
 */
export function showJob({ prompt = "", thumbnail }, note = "") {
  $("job-prompt").textContent = prompt;
  $("job-note").textContent = note;
  $("job-note").hidden = !note;
  $("job-thumbnail").hidden = !thumbnail;
  if (thumbnail) $("job-thumbnail").src = thumbnail;
  else $("job-thumbnail").removeAttribute("src");
}
