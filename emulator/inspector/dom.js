// Helpers for the document, used by every part of the page.

/** @import { Elements } from "./types.d.ts" */

/**
 * The element with this id. The element must exist.
 * @template {string} Id
 * @param {Id} id
 */
export const $ = (id) => /** @type {Id extends keyof Elements ? Elements[Id] : HTMLElement} */ (document.getElementById(id));

/**
 * The element in `scope` that a selector finds. The element must exist.
 * @param {ParentNode} scope
 * @param {string} selector
 */
export const part = (scope, selector) => /** @type {HTMLElement} */ (scope.querySelector(selector));

/**
 * A new element. In `props`, a function is a listener (`onclick`), and any other value is an attribute (`class`): `true` sets an
 * attribute without a value; `false`, `null` and `undefined` set none. Children are nodes or text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined | EventListener>} props
 * @param {(Node | string | false | null | undefined)[]} children
 */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/**
 * Sets the text of `element`. An element that has this text already is left alone, so that a selection in it stays.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/**
 * Shows `text` for a few seconds. A screen reader reads it out when it is next silent.
 * @param {string} text
 */
export function announce(text) {
  const voice = $("voice");
  // A screen reader reads only changes. Emptying the element first makes the same text a change again.
  voice.textContent = "";
  setTimeout(() => (voice.textContent = text), 50);
  clearTimeout(silence);
  silence = setTimeout(() => (voice.textContent = ""), 6000);
}

/**
 * A button that copies the result of `text()`, then shows and announces "Copied".
 * @param {string} label
 * @param {() => string} text
 * @param {string} about the accessible name, which begins with the label
 */
export function copyButton(label, text, about) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reset;
  const button = h("button", { type: "button", class: "quiet", "aria-label": about }, label);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
      clearTimeout(reset);
      reset = setTimeout(() => (button.textContent = label), 2000);
      announce("Copied.");
    } catch {
      announce("The browser did not allow copying.");
    }
  };
  button.addEventListener("click", () => void copy());
  return button;
}

/**
 * Makes the browser save `text` as a file.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function saveFile(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  // The browser reads the URL after this task has ended, so it must stay valid for a while.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
