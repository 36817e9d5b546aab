// The webhooks: their deliveries, every attempt, and a button to send them again.
import { loadDelivery, reasonOf, resendDelivery } from "./api.js";
import { showBody } from "./body.js";
import { $, announce, h, part, setText } from "./dom.js";
import { showEmpty } from "./empty.js";
import { formatBytes, formatClock, formatMs, formatUntil } from "./format.js";
import { createList } from "./list.js";

/** @import { Delivery, Page, Panel, Tone } from "./types.d.ts" */

/** @type {Record<Delivery["stage"], [string, Tone]>} */
const STAGES = {
  sending: ["Sending", "open"],
  waiting: ["Will be tried again", "open"],
  delivered: ["Delivered", "good"],
  "given up": ["Given up", "bad"],
};

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createWebhooks({ state, say }) {
  const cards = $("delivery-cards");
  /** @type {(deliveries: Delivery[]) => void} */
  const showCards = createList(cards, { key: ({ id }) => id, create: (delivery) => create(delivery, say), update });

  function render() {
    showCards(state.webhooks);
    tick();
    showEmpty(
      $("delivery-empty"),
      state.webhooks.length === 0,
      "No webhooks yet",
      "A job that is submitted with a webhook tells it how it ended. Every attempt is shown here, and can be made again.",
      { code: `curl "${location.origin}/queue.fal.run/emulator/echo?fal_webhook=http://localhost:3000/hook" -d '{}'` },
    );
    setText($("count-webhooks"), state.webhooks.length ? String(state.webhooks.length) : "");
  }

  /** Updates the times to the next attempts, which change without an event from the emulator. */
  function tick() {
    const now = Date.now();
    for (const [at, { stage, next_ms: next }] of state.webhooks.entries()) {
      const place = cards.children[at]?.querySelector(".next");
      if (place) setText(place, stage === "waiting" && next !== null ? `next attempt ${formatUntil(next, now)}` : "");
    }
  }

  return { render, tick };
}

/**
 * @param {Delivery} delivery
 * @param {Page["say"]} say
 */
function create({ id, url, request_id: requestId, body_bytes: bytes }, say) {
  const resend = h("button", { type: "button", class: "secondary", "aria-label": `Send again: the webhook of ${requestId}` }, "Send again");
  resend.addEventListener("click", () => {
    resendDelivery(id).then(
      () => announce("It is sent again, signed anew."),
      (/** @type {unknown} */ error) => say(reasonOf(error)),
    );
  });
  const content = h("div", {});
  const payload = h("details", {}, h("summary", {}, `Payload (${formatBytes(bytes)})`), content);
  payload.addEventListener("toggle", () => {
    if (!payload.open || content.hasChildNodes()) return;
    loadDelivery(id).then(
      ({ body }) => content.replaceChildren(showBody(body, { label: "Payload", forwards: false, level: 3 })),
      (/** @type {unknown} */ error) => content.replaceChildren(h("p", { class: "problem" }, reasonOf(error))),
    );
  });
  return h(
    "li",
    { class: "delivery" },
    h("div", { class: "delivery-head" }, h("p", { class: "state" }), h("p", { class: "url" }, h("code", {}, url)), h("p", { class: "next" }), resend),
    h("p", { class: "about" }, "Request ", h("code", {}, requestId)),
    h("ol", { class: "attempts", "aria-label": "Attempts" }),
    payload,
  );
}

/**
 * @param {HTMLElement} card
 * @param {Delivery} delivery
 */
function update(card, { stage, attempts }) {
  const [text, tone] = STAGES[stage];
  const state = part(card, ".state");
  setText(state, text);
  state.dataset.tone = tone;
  const rows = attempts.map(({ at_ms: at, took_ms: took, problem, is_by_hand: isByHand }, index) =>
    h(
      "li",
      {},
      h("span", { class: "number" }, `${index + 1}`),
      h("time", {}, formatClock(at)),
      h("span", { class: "verdict", "data-tone": problem ? "bad" : "good" }, problem ? `failed: ${problem}` : "taken"),
      h("span", { class: "about" }, `${formatMs(took)}${isByHand ? ", by hand" : ""}`),
    ),
  );
  part(card, ".attempts").replaceChildren(...rows);
}
