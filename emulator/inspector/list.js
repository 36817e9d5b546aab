// A list that changes while a person reads it. An item that stays keeps its element, and with it the focus, a selection and the
// scroll position.

/**
 * @template Item
 * @typedef {{ key: (item: Item) => string | number, create: (item: Item) => HTMLElement, update: (element: HTMLElement, item: Item) => void }} Rows
 */

/**
 * Keeps the children of `list` in step with items. `key(item)` identifies an item, `create(item)` makes its element, and
 * `update(element, item)` shows a change. Returns a function to call with the current items.
 * @template Item
 * @param {HTMLElement} list
 * @param {Rows<Item>} rows
 * @returns {(items: Item[]) => void}
 */
export function createList(list, { key, create, update }) {
  /** @type {Map<string | number, { element: HTMLElement, item: Item | undefined }>} */
  const shown = new Map();
  return (items) => {
    const keys = new Set(items.map(key));
    for (const [name, { element }] of shown) {
      if (keys.has(name)) continue;
      moveFocusFrom(element, list);
      element.remove();
      shown.delete(name);
    }
    /** @type {HTMLElement | null} */
    let before = null;
    // Backwards, so that `before` is known and elements that are in place are not moved.
    for (const item of items.toReversed()) {
      const name = key(item);
      let entry = shown.get(name);
      if (!entry) {
        entry = { element: create(item), item: undefined };
        shown.set(name, entry);
      }
      if (entry.item !== item) {
        update(entry.element, item);
        entry.item = item;
      }
      const { element } = entry;
      if (element.nextElementSibling !== before || element.parentNode !== list) list.insertBefore(element, before);
      before = element;
    }
  };
}

/**
 * Moves the focus from a row that is about to be removed to the next row. Otherwise the browser moves it to the top of the page.
 * @param {HTMLElement} element
 * @param {HTMLElement} list
 */
function moveFocusFrom(element, list) {
  if (!element.contains(document.activeElement)) return;
  const next = element.nextElementSibling ?? element.previousElementSibling;
  /** @type {HTMLElement | null | undefined} */
  const control = next?.querySelector("button, a");
  (control ?? list).focus();
}

/**
 * Lets the arrow keys, Home and End move between the rows of `list`, which are its `.row` buttons.
 * @param {HTMLElement} list
 */
export function moveByArrows(list) {
  list.addEventListener("keydown", (event) => {
    /** @type {NodeListOf<HTMLElement>} */
    const found = list.querySelectorAll(".row");
    const rows = [...found];
    const at = rows.findIndex((row) => row === document.activeElement);
    if (at < 0) return;
    /** @type {Partial<Record<string, number>>} */
    const ways = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    const row = rows[ways[event.key] ?? -1];
    if (!row) return;
    event.preventDefault();
    row.focus();
  });
}
