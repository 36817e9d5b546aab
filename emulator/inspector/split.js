// A list with the chosen item beside it. On a narrow screen the item replaces the list.

/**
 * Calls `onChange()` when the person chooses another item, or none.
 * @template {number | string} Id
 * @param {{split: HTMLElement, rows: HTMLElement, detail: HTMLElement, onChange: () => void}} parts
 */
export function createSplit({ split, rows, detail, onChange }) {
  /** @type {Id | undefined} */
  let chosen;

  /** @param {Id | undefined} id */
  function choose(id) {
    chosen = id;
    split.dataset.open = String(chosen !== undefined);
    detail.hidden = chosen === undefined;
    onChange();
  }

  function close() {
    /** @type {HTMLElement | null} */
    const row = rows.querySelector('[aria-expanded="true"]');
    detail.replaceChildren();
    choose(undefined);
    row?.focus();
  }

  split.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || chosen === undefined) return;
    event.preventDefault();
    close();
  });

  return {
    /** The id of the chosen item. */
    get chosen() {
      return chosen;
    },
    /**
     * Chooses an item and moves the focus to it. If it is chosen already, closes it.
     * @param {Id} id
     */
    toggle(id) {
      if (id === chosen) return close();
      detail.replaceChildren();
      choose(id);
      detail.focus({ preventScroll: true });
      detail.scrollTop = 0;
    },
    close,
    /**
     * Marks the row of the chosen item. `itemOf(id)` returns the list item of an id.
     * @param {(id: Id) => Element | undefined} itemOf
     */
    mark(itemOf) {
      for (const row of rows.querySelectorAll(".row")) row.setAttribute("aria-expanded", "false");
      if (chosen !== undefined) itemOf(chosen)?.querySelector(".row")?.setAttribute("aria-expanded", "true");
    },
  };
}
