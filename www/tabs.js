// Tabs in the ARIA pattern: the Tab key stops once; the arrow keys, Home and End move between the tabs.

import { all } from "./dom.js";

/** @import { Mode } from "./types.d.ts" */

/**
 * Makes `tablist` work. Both tabs share one panel, and the chosen tab names it.
 * Calls `onChange(mode)` with the `data-mode` of a newly chosen tab.
 * @param {HTMLElement} tablist
 * @param {(mode: Mode) => void} onChange
 */
export function createTabs(tablist, onChange) {
  const tabs = [...all(tablist, '[role="tab"]')];
  const current = () => tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");

  /** @param {HTMLElement | undefined} tab */
  function choose(tab) {
    if (!tab || tab === tabs[current()]) return;
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === tab));
      each.tabIndex = each === tab ? 0 : -1;
    }
    document.getElementById(tab.getAttribute("aria-controls") ?? "")?.setAttribute("aria-labelledby", tab.id);
    onChange(/** @type {Mode} */ (tab.dataset.mode));
  }

  tablist.addEventListener("click", (event) => {
    choose(tabs.find((tab) => event.target instanceof Node && tab.contains(event.target)));
  });

  tablist.addEventListener("keydown", (event) => {
    const at = current();
    /** @type {Record<string, number>} */
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    choose(tab);
    tab?.focus();
  });

  return {
    /**
     * Chooses the tab with this mode.
     * @param {Mode} mode
     */
    select: (mode) => choose(tabs.find((tab) => tab.dataset.mode === mode)),
  };
}
