// One request in full: both heads, both bodies, and its times.
import { loadExchange } from "./api.js";
import { showBody } from "./body.js";
import { $, copyButton, h } from "./dom.js";
import { formatBytes, formatClock, formatMs } from "./format.js";
import { outcome } from "./outcome.js";

/** @import { Exchange, FullExchange, Header, State } from "./types.d.ts" */

/** @type {Partial<Record<string, string>>} */
const ENDINGS = {
  cut: "The answer broke off.",
  dropped: "The connection was dropped in place of an answer.",
  left: "The caller left before the answer was whole.",
};

/** @param {{state: State}} page */
export function createExchangeDetail({ state }) {
  const place = $("request-detail");
  /** @type {Exchange | undefined} */
  let shown;

  return {
    /**
     * Shows an exchange. Loads it only if it has changed since it was last shown.
     * @param {Exchange} exchange
     * @param {() => void} close
     */
    async show(exchange, close) {
      if (shown === exchange && place.hasChildNodes()) return;
      shown = exchange;
      const full = await loadExchange(exchange.id).catch((/** @type {Error} */ error) => error);
      // While it loaded, the person may have chosen another exchange.
      if (shown !== exchange) return;
      draw(full instanceof Error ? [h("p", { class: "problem" }, full.message)] : sections(full, state.mode === "forward"), exchange, close);
    },
  };

  /**
   * @param {HTMLElement[]} content
   * @param {Exchange} exchange
   * @param {() => void} close
   */
  function draw(content, exchange, close) {
    const wasOpen = [...place.querySelectorAll("details[open]")].map(({ id }) => id);
    const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const [status, tone] = outcome(exchange);
    const head = h(
      "div",
      { class: "detail-head" },
      h("button", { type: "button", class: "secondary close", id: "close-request", onclick: close }, "Close"),
      h("h3", {}, h("span", { class: "method" }, exchange.method), " ", exchange.endpoint ?? exchange.path.replace(/\?.*/, "")),
      h("p", { class: "state", "data-tone": tone }, status),
    );
    place.replaceChildren(head, ...content);
    for (const id of wasOpen) document.getElementById(id)?.setAttribute("open", "");
    if (focused !== undefined) (document.getElementById(focused) ?? place).focus({ preventScroll: true });
  }
}

/**
 * @param {FullExchange} exchange
 * @param {boolean} forwards
 */
function sections(exchange, forwards) {
  const { request, answer, file, route } = exchange;
  const isUpload = ["put", "part"].includes(route ?? "");
  const ending = ENDINGS[exchange.ending ?? ""];
  return [
    exchange.is_struck && h("p", { class: "remark" }, "A fault struck this request on purpose."),
    ending !== undefined && h("p", { class: "remark bad" }, ending),
    facts(exchange),
    h("section", { class: "half", "aria-label": "Request" },
      h("h4", { class: "half-title" }, "Request"),
      showBody(request.body, { label: "Request body", forwards, file: isUpload ? file : undefined }),
      headers("request-headers", "Request headers", request.headers)),
    answer
      ? h("section", { class: "half", "aria-label": "Answer" },
          h("h4", { class: "half-title" }, "Answer"),
          showBody(answer.body, { label: "Answer body", forwards, file: isUpload ? undefined : file }),
          headers("answer-headers", "Answer headers", answer.headers))
      : h("p", { class: "hint" }, exchange.ending ? "There was no answer." : "No answer yet."),
  ].filter((section) => section !== false);
}

/** @param {FullExchange} exchange */
function facts(exchange) {
  const { answered_after_ms: answered, ended_after_ms: ended, request_id: requestId, target } = exchange;
  /**
   * @param {string} name
   * @param {string | null | undefined} value
   */
  const fact = (name, value) => value && h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h(
    "dl",
    { class: "facts" },
    fact("Call", exchange.route ?? exchange.service),
    fact("Via", target ? "the proxy" : "a direct call"),
    fact("At", formatClock(exchange.at_ms)),
    fact("Answered after", answered === null ? undefined : formatMs(answered)),
    fact("Ended after", ended === null ? undefined : formatMs(ended)),
    fact("Request size", formatBytes(exchange.request_bytes)),
    fact("Answer size", formatBytes(exchange.answer_bytes)),
    h("div", { class: "wide" }, h("dt", {}, target ? "Target" : "Path"), h("dd", {}, h("code", {}, target ?? exchange.path))),
    requestId && h("div", { class: "wide" }, h("dt", {}, "Request id"), h("dd", {}, h("code", {}, requestId), copyButton("Copy", () => requestId, "Copy the request id"))),
  );
}

/**
 * @param {string} id
 * @param {string} label
 * @param {Header[]} pairs
 */
function headers(id, label, pairs) {
  const rows = pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  return h("details", { id }, h("summary", {}, `${label} (${pairs.length})`), h("dl", { class: "headers" }, ...rows));
}
