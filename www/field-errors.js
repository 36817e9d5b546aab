// Shows messages next to their fields, and marks the fields for screen readers.
import { $, all } from "./dom.js";

/** @import { FieldError } from "./types.d.ts" */

/**
 * @param {string} name
 * @returns {HTMLElement | null}
 */
const fieldOf = (name) => document.querySelector(`[data-field="${CSS.escape(name)}"]:not([hidden])`);

/**
 * The element that gets `aria-invalid`: the radio group, or the single control.
 * @param {HTMLElement} field
 * @returns {HTMLElement}
 */
const subjectOf = (field) => (field.getAttribute("role") === "radiogroup" ? field : controlIn(field));

/** @param {HTMLElement} field */
const controlIn = (field) => /** @type {HTMLInputElement | HTMLTextAreaElement} */ (field.querySelector("input, textarea"));

/**
 * Shows each `{ field, text }` next to its field and moves the focus to the first one.
 * Returns in `placed` how many of them name a field of the page.
 * @param {FieldError[]} errors
 */
export function showFieldErrors(errors) {
  const placed = errors.filter(({ field }) => fieldOf(field));
  for (const { field, text } of placed) {
    const message = $(`${field}-error`);
    message.textContent = message.hidden ? text : `${message.textContent} ${text}`;
    message.hidden = false;
    const place = fieldOf(field);
    if (place) subjectOf(place).setAttribute("aria-invalid", "true");
    const closed = place?.closest("details");
    if (closed) closed.open = true;
  }
  const fields = [...all(document, "[data-field]")];
  const first = fields.find((field) => placed.some((error) => error.field === field.dataset.field));
  /** @type {HTMLElement | null | undefined} */
  const checked = first?.querySelector("input:checked");
  if (first) (checked ?? subjectOf(first)).focus();
  return { placed: placed.length };
}

/**
 * Removes the messages of one field, or of all fields.
 * @param {HTMLElement} scope
 */
export function clearFieldErrors(scope = document.body) {
  for (const subject of scope.querySelectorAll("[aria-invalid]")) subject.removeAttribute("aria-invalid");
  scope.removeAttribute("aria-invalid");
  for (const message of all(scope, ".field-error")) {
    message.hidden = true;
    message.textContent = "";
  }
}

// When a person edits a field, remove its messages: they may no longer apply.
document.addEventListener("input", ({ target }) => {
  const field = target instanceof Element && target.closest("[data-field]");
  if (field instanceof HTMLElement) clearFieldErrors(field);
});
