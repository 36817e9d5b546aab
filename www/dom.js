// Helpers that every part of the page needs from the document.

/** @import { Elements } from "./types.d.ts" */

/**
 * The element with this id. It must exist in the page.
 * @template {string} Id
 * @param {Id} id
 */
export const $ = (id) => /** @type {Id extends keyof Elements ? Elements[Id] : HTMLElement} */ (document.getElementById(id));

/**
 * The elements in `scope` that a selector finds.
 * @param {ParentNode} scope
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
export const all = (scope, selector) => scope.querySelectorAll(selector);

/**
 * Makes an element with this text. The text is not parsed as HTML.
 * @param {keyof HTMLElementTagNameMap} tag
 */
export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/**
 * Has a screen reader read the text when it falls silent.
 * @param {string} text
 */
export const announce = (text) => speak($("voice"), text);

/**
 * Has a screen reader read the text at once.
 * @param {string} text
 */
export const sayLoud = (text) => speak($("alarm"), text);

/**
 * @param {HTMLElement} region
 * @param {string} text
 */
function speak(region, text) {
  // Screen readers read only changes. Clear the region first, so that the same text twice is read twice.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

/**
 * Makes `button` copy the text of `source`. The button then says so, and a screen reader reads `said`.
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} source
 * @param {string} said
 */
export function copyOnClick(button, source, said) {
  const label = button.textContent;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reset;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
      clearTimeout(reset);
      reset = setTimeout(() => (button.textContent = label), 2000);
      announce(said);
    } catch {
      // The origin is not secure, or the browser refuses. Select the text, so that the person can copy it.
      getSelection()?.selectAllChildren(source);
      announce("The browser did not allow copying. The text is selected: copy it with the keyboard.");
    }
  };
  button.addEventListener("click", () => void copy());
}

/**
 * Formats a number of bytes: `1.2 MB`.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, size] = bytes < 1e6 ? /** @type {const} */ (["kB", 1e3]) : /** @type {const} */ (["MB", 1e6]);
  const value = bytes / size;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
