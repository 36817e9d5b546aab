// Messages beside the fields they are about, tied to them for everyone.
import { $ } from "./dom.js";

const fieldOf = (name) => document.querySelector(`[data-field="${CSS.escape(name)}"]:not([hidden])`);

/** The element that carries `aria-invalid`: the group of radios, or the one control. */
const subjectOf = (field) =>
  field.getAttribute("role") === "radiogroup" ? field : field.querySelector("input, textarea");

/**
 * Shows each `{ field, text }` beside its field and moves the focus to the first one.
 * `placed` is how many had a field on the page to be shown at.
 */
export function showFieldErrors(errors) {
  const placed = errors.filter(({ field }) => fieldOf(field));
  for (const { field, text } of placed) {
    const message = $(`${field}-error`);
    message.textContent = message.hidden ? text : `${message.textContent} ${text}`;
    message.hidden = false;
    subjectOf(fieldOf(field)).setAttribute("aria-invalid", "true");
  }
  const fields = [...document.querySelectorAll("[data-field]")];
  const first = fields.find((field) => placed.some((error) => error.field === field.dataset.field));
  if (first) (first.querySelector("input:checked") ?? subjectOf(first)).focus();
  return { placed: placed.length };
}

/** Takes the messages away: of one field, or of all. */
export function clearFieldErrors(scope = document) {
  for (const subject of scope.querySelectorAll("[aria-invalid]")) subject.removeAttribute("aria-invalid");
  scope.removeAttribute?.("aria-invalid");
  for (const message of scope.querySelectorAll(".field-error")) {
    message.hidden = true;
    message.textContent = "";
  }
}

// What is being corrected is no longer known to be wrong.
document.addEventListener("input", ({ target }) => {
  const field = target.closest("[data-field]");
  if (field) clearFieldErrors(field);
});
