// Tabs after the ARIA pattern: one stop for the Tab key, arrows, Home and End between them.

/**
 * Makes `tablist` work. Both tabs share one panel, whose name follows the chosen tab.
 * `onChange(mode)` is called with the `data-mode` of a newly chosen tab.
 */
export function createTabs(tablist, onChange) {
  const tabs = [...tablist.querySelectorAll('[role="tab"]')];
  const current = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true");

  function choose(tab) {
    if (tab === current()) return;
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === tab));
      each.tabIndex = each === tab ? 0 : -1;
    }
    document.getElementById(tab.getAttribute("aria-controls")).setAttribute("aria-labelledby", tab.id);
    onChange(tab.dataset.mode);
  }

  tablist.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab);
  });

  tablist.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(current());
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    choose(tab);
    tab.focus();
  });

  return {
    /** Chooses the tab of this mode. */
    select: (mode) => choose(tabs.find((tab) => tab.dataset.mode === mode)),
  };
}
