// The cost of calls by endpoint, in forward mode.
import { $, h, setText } from "./dom.js";
import { showEmpty } from "./empty.js";

/** @import { Page, Panel } from "./types.d.ts" */

const DIGITS = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createSpent({ state }) {
  function render() {
    const forwards = state.mode === "forward";
    $("tab-spent").hidden = !forwards;
    const total = state.spent.reduce((sum, { units }) => sum + units, 0);
    setText($("count-spent"), total ? DIGITS.format(total) : "");
    $("spent-table").hidden = state.spent.length === 0;
    $("spent-rows").replaceChildren(...state.spent.map(({ endpoint, requests, units }) => row("td", endpoint, requests, units)));
    const requests = state.spent.reduce((sum, each) => sum + each.requests, 0);
    $("spent-total").replaceChildren(row("th", "Total", requests, total));
    showEmpty($("spent-empty"), state.spent.length === 0, "Nothing was spent yet", "Results and runs that pass the proxy tell what they cost.");
  }

  return { render };
}

/**
 * @param {"td" | "th"} tag
 * @param {string} name
 * @param {number} requests
 * @param {number} units
 */
function row(tag, name, requests, units) {
  return h("tr", {}, h("th", { scope: "row" }, name), h(tag, { class: "right" }, DIGITS.format(requests)), h(tag, { class: "right" }, DIGITS.format(units)));
}
