// The few things every part of the page needs from the document.

/** @import { Elements } from "./types.d.ts" */

/**
 * The element with this id, which is in the page.
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
 * A new element that holds `text`, as text.
 * @param {keyof HTMLElementTagNameMap} tag
 */
export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/**
 * Tells a screen reader, when it is next silent.
 * @param {string} text
 */
export const announce = (text) => speak($("voice"), text);

/**
 * Tells a screen reader at once.
 * @param {string} text
 */
export const sayLoud = (text) => speak($("alarm"), text);

/**
 * @param {HTMLElement} region
 * @param {string} text
 */
function speak(region, text) {
  // The same words twice are no change, and no change is not read: empty first.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

/**
 * Makes `button` copy the text of `source`, and say so on itself and aloud.
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
      // Not a secure origin, or refused: leave the text selected for the person to copy.
      getSelection()?.selectAllChildren(source);
      announce("The browser did not allow copying. The text is selected: copy it with the keyboard.");
    }
  };
  button.addEventListener("click", () => void copy());
}

/**
 * Bytes in words: `1.2 MB`.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, size] = bytes < 1e6 ? /** @type {const} */ (["kB", 1e3]) : /** @type {const} */ (["MB", 1e6]);
  const value = bytes / size;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
