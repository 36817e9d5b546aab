// The place on the page that explains why a run failed.
import { $, element } from "./dom.js";

/** @import { Problem } from "./types.d.ts" */

/**
 * Shows a problem.
 * @param {Problem} problem
 */
export function showProblem({ title, text = "", fields = [], requestId, calm = false }) {
  $("problem-title").textContent = title;
  $("problem-text").textContent = text;
  $("problem-fields").replaceChildren(...fields.map(({ field, text }) => element("li", `${labelOf(field)}: ${text}`)));
  $("problem-fields").hidden = fields.length === 0;
  $("problem-request-id").textContent = requestId ?? "";
  $("problem-request").hidden = !requestId;
  $("continue").hidden = true;
  $("continue").onclick = null;
  $("problem").classList.toggle("calm", calm);
  $("problem").hidden = false;
}

/**
 * The label of a field. If the page has no such field, its name in the API.
 * @param {string} field
 */
const labelOf = (field) =>
  document.querySelector(`[data-field="${CSS.escape(field)}"] .label`)?.textContent ?? field;

/**
 * Offers to go on with the job that the problem is about.
 * @param {() => void} onContinue
 */
export function offerContinue(onContinue) {
  $("continue").hidden = false;
  $("continue").onclick = onContinue;
}

/** Whether the problem offers to go on. */
export const offersContinue = () => !$("problem").hidden && !$("continue").hidden;

/** Takes it away. */
export function hideProblem() {
  $("problem").hidden = true;
}
