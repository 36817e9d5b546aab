// The empty states of lists: they say how to fill the list.
import { h } from "./dom.js";

/**
 * Shows `title` and `lines` in place of a list, or nothing if `isEmpty` is false.
 * @param {HTMLElement} place
 * @param {boolean} isEmpty
 * @param {string} title
 * @param {(string | { code: string })[]} lines
 */
export function showEmpty(place, isEmpty, title, ...lines) {
  place.hidden = !isEmpty;
  const said = JSON.stringify([title, lines]);
  if (!isEmpty || place.dataset.said === said) return;
  place.dataset.said = said;
  const written = lines.map((line) => (typeof line === "string" ? h("p", {}, line) : h("pre", { tabindex: 0, "aria-label": "Example" }, h("code", {}, line.code))));
  place.replaceChildren(h("p", { class: "empty-title" }, title), ...written);
}
