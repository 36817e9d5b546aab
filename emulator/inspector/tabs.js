// Tabs that follow the ARIA pattern: the Tab key stops at one tab; arrows, Home and End move between the tabs.
import { $ } from "./dom.js";

/**
 * Makes the tabs in `tablist` work. Calls `onChange(name)` with the `data-panel` of a newly chosen tab.
 * @param {HTMLElement} tablist
 * @param {(name: string) => void} onChange
 */
export function createTabs(tablist, onChange) {
  const shown = () => /** @type {HTMLElement[]} */ ([...tablist.querySelectorAll('[role="tab"]:not([hidden])')]);
  const current = () => shown().find((tab) => tab.getAttribute("aria-selected") === "true");

  /** @param {HTMLElement | null | undefined} tab */
  function choose(tab) {
    if (!tab || tab === current()) return;
    /** @type {NodeListOf<HTMLElement>} */
    const tabs = tablist.querySelectorAll('[role="tab"]');
    for (const each of tabs) {
      const isChosen = each === tab;
      each.setAttribute("aria-selected", String(isChosen));
      each.tabIndex = isChosen ? 0 : -1;
      $(each.getAttribute("aria-controls") ?? "").hidden = !isChosen;
    }
    // On a phone, the row of tabs may be wider than the screen.
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    onChange(tab.dataset.panel ?? "");
  }

  tablist.addEventListener("click", ({ target }) => choose(/** @type {Element} */ (target).closest('[role="tab"]')));
  tablist.addEventListener("keydown", (event) => {
    const tabs = shown();
    const at = tabs.findIndex((tab) => tab === current());
    /** @type {Partial<Record<string, number>>} */
    const ways = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    const to = ways[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    choose(tab);
    tab?.focus();
  });

  return {
    /**
     * Chooses the tab of this panel.
     * @param {string} name
     */
    select: (name) => choose(shown().find((tab) => tab.dataset.panel === name)),
    /** The panel that is shown. */
    get current() {
      return current()?.dataset.panel;
    },
  };
}
