// The requests: a growing list, and the chosen request beside it.
import { clearExchanges, loadExchanges, reasonOf } from "./api.js";
import { $, announce, h, part, saveFile, setText } from "./dom.js";
import { showEmpty } from "./empty.js";
import { createExchangeDetail } from "./exchange-detail.js";
import { exchangeFilter } from "./filter.js";
import { count, formatBytes, formatClock, formatMs } from "./format.js";
import { buildHar, harName } from "./har.js";
import { createList, moveByArrows } from "./list.js";
import { fileName } from "./media.js";
import { outcome } from "./outcome.js";
import { createSplit } from "./split.js";
import { newestExchanges } from "./state.js";

/** @import { Exchange, Page, Panel } from "./types.d.ts" */

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createRequests({ state, feed, say }) {
  const rows = $("request-rows");
  const detail = createExchangeDetail({ state });
  /** @type {ReturnType<typeof createSplit<number>>} */
  const split = createSplit({ split: $("request-split"), rows, detail: $("request-detail"), onChange: render });
  /** @type {(exchanges: Exchange[]) => void} */
  const showRows = createList(rows, {
    key: ({ id }) => id,
    create: ({ id }) => h("li", {}, createRow(() => split.toggle(id))),
    update: (item, exchange) => updateRow(part(item, ".row"), exchange),
  });
  moveByArrows(rows);

  function filterExchanges() {
    const isShown = exchangeFilter({ text: $("filter").value, onlyErrors: $("only-errors").checked, hidePolls: $("hide-polls").checked });
    return newestExchanges(state).filter(isShown);
  }

  function render() {
    const shown = filterExchanges();
    showRows(shown);
    split.mark((id) => rows.children[shown.findIndex((each) => each.id === id)]);
    const isFiltered = state.exchanges.size > 0;
    showEmpty(
      $("request-empty"),
      shown.length === 0,
      isFiltered ? "No request fits the filter" : feed().isPaused ? "Paused" : "Waiting for requests",
      ...(isFiltered ? ["Take words out of it, or show polling and successes again."] : howToCall()),
    );
    setText($("count-requests"), state.exchanges.size ? String(state.exchanges.size) : "");
    $("export").setAttribute("aria-disabled", String(shown.length === 0));
    if (split.chosen === undefined) return;
    const chosen = state.exchanges.get(split.chosen);
    if (chosen) void detail.show(chosen, split.close);
    else split.close();
  }

  async function exportShown() {
    const ids = new Set(filterExchanges().map(({ id }) => id));
    if (ids.size === 0) return announce("There is nothing to export.");
    const exchanges = (await loadExchanges()).filter(({ id }) => ids.has(id));
    const har = buildHar(exchanges, { origin: location.origin, version: state.version });
    saveFile(harName(new Date()), "application/json", JSON.stringify(har, null, 2));
    announce(`${count(exchanges.length, "request")} exported.`);
  }

  $("request-tools").addEventListener("submit", (event) => event.preventDefault());
  $("request-tools").addEventListener("input", render);
  $("pause").addEventListener("click", () => {
    if (feed().isPaused) feed().resume();
    else feed().pause();
    setText($("pause"), feed().isPaused ? "Resume" : "Pause");
    announce(feed().isPaused ? "Paused. What happens meanwhile is shown when you resume." : "Resumed.");
    render();
  });
  const attempt = (/** @type {() => Promise<void>} */ action) => () => void action().catch((/** @type {unknown} */ error) => say(reasonOf(error)));
  $("clear").addEventListener(
    "click",
    attempt(async () => {
      await clearExchanges();
      state.exchanges.clear();
      render();
      announce("Cleared.");
    }),
  );
  $("export").addEventListener("click", attempt(exportShown));

  return { render };
}

const howToCall = () => [
  "Everything that is sent to this emulator appears here. Point your client at its proxy:",
  { code: `fal.config({ proxyUrl: "${location.origin}/api/fal/proxy" });` },
  "Or call it directly, with https:/ replaced by this origin:",
  { code: `curl ${location.origin}/fal.run/emulator/echo -d '{"hello": "inspector"}'` },
];

/** @param {() => void} choose */
function createRow(choose) {
  const parts = ["at", "method", "what", "call", "status", "took", "size"].map((name) => h("span", { class: name }));
  return h("button", { type: "button", class: "row request", onclick: choose }, ...parts);
}

/**
 * @param {HTMLElement} row
 * @param {Exchange} exchange
 */
function updateRow(row, exchange) {
  const { method, endpoint, path, target, route, service, file } = exchange;
  setText(part(row, ".at"), formatClock(exchange.at_ms));
  setText(part(row, ".method"), method);
  const place = endpoint ?? (file ? fileName(file) : target ? new URL(target).pathname : path.replace(/\?.*/, ""));
  const what = part(row, ".what");
  setText(what, place);
  what.title = target ?? path;
  const tag = exchange.is_struck ? [h("b", { class: "tag" }, "fault")] : [];
  part(row, ".call").replaceChildren(route ?? service ?? "", ...tag);
  const [text, tone] = outcome(exchange);
  const status = part(row, ".status");
  setText(status, text);
  status.dataset.tone = tone;
  const time = exchange.ended_after_ms ?? exchange.answered_after_ms;
  setText(part(row, ".took"), time === null ? "" : formatMs(time));
  setText(part(row, ".size"), formatBytes(exchange.answer_bytes || exchange.request_bytes));
}
