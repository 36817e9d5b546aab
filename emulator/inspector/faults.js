// The fault bench: a person switches faults on and off, which make calls go wrong on purpose.
import { addFault, reasonOf, removeFault, setFault } from "./api.js";
import { $, announce, copyButton, h, part, setText } from "./dom.js";
import { showEmpty } from "./empty.js";
import { FAULTS, SCOPES, buildPlan, checkForm, describeSwitch, drawSeed, find } from "./fault-plan.js";
import { count } from "./format.js";
import { createList } from "./list.js";
import { knownEndpoints } from "./state.js";

/** @import { Page, Panel, Switch } from "./types.d.ts" */

/** @typedef {"number" | "times" | "chance" | "seed" | "endpoint"} Field */

/** @type {Field[]} */
const FIELDS = ["number", "times", "chance", "seed", "endpoint"];
const FOLLOW_UP_HINT = "Status, result and cancel name no more than owner/alias: those of all its endpoints are struck.";
const NO_ENDPOINT_HINT = "These calls belong to no endpoint.";

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createFaults({ state, say }) {
  const form = $("fault-form");
  drawForm();

  /** @type {(switches: Switch[]) => void} */
  const showSwitches = createList($("switches"), { key: ({ id }) => id, create: (item) => create(item, say), update });

  function render() {
    const { switches, plan } = state.faults;
    showSwitches(switches);
    showEmpty($("switch-empty"), switches.length === 0, "Nothing is on", "Choose what goes wrong and press “Switch it on”: your app meets it with its next calls.");
    const on = switches.filter(({ is_on: isOn }) => isOn).length;
    setText($("count-faults"), on ? `${on} on` : "");
    $("plan-line").hidden = !plan.plan;
    if (plan.plan) setText($("plan-line"), `Besides, a fault plan is followed, with the seed ${plan.seed}: it struck ${plan.struck} of ${count(plan.calls ?? 0, "call")}.`);
    const names = knownEndpoints(state).filter((name) => name.includes("/"));
    const proposed = $("fault-endpoints");
    if (proposed.dataset.names === names.join()) return;
    proposed.dataset.names = names.join();
    proposed.replaceChildren(...names.map((value) => h("option", { value })));
  }

  /** The fault that is chosen in the form. */
  function chosen() {
    /** @type {HTMLInputElement | null} */
    const kind = form.querySelector('[name="fault"]:checked');
    return find(FAULTS, kind?.value ?? "");
  }

  function drawForm() {
    const kinds = FAULTS.map(({ id, name, hint }, at) =>
      h("label", { class: "kind" }, h("input", { type: "radio", name: "fault", value: id, checked: at === 0 }), h("span", {}, h("b", {}, name), h("small", {}, hint))),
    );
    $("fault-kinds").append(...kinds);
    $("fault-scope").append(...SCOPES.map(({ id, name }) => h("option", { value: id }, name)));
    $("fault-seed").value = String(drawSeed());
    form.addEventListener("change", ({ target }) => {
      if (/** @type {HTMLInputElement} */ (target).name === "fault") askForNumber();
      askForCalls();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void add();
    });
    for (const field of FIELDS) $(`fault-${field}`).addEventListener("input", () => tell(field, ""));
    askForNumber();
    askForCalls();
  }

  /** Shows the number field if the chosen fault takes a number, with the default and the limits of that fault. */
  function askForNumber() {
    const { number } = chosen();
    $("number-field").hidden = !number;
    if (number) {
      setText($("number-label"), number.label);
      Object.assign($("fault-number"), { value: String(number.value), min: String(number.min), max: String(number.max) });
    }
    tell("number", "");
  }

  /** Disables the fields that have no meaning for the chosen fault. */
  function askForCalls() {
    const { scope } = chosen();
    const calls = $("fault-scope");
    calls.disabled = Boolean(scope);
    if (scope) calls.value = scope;
    const { hasNoEndpoint } = find(SCOPES, calls.value);
    $("fault-endpoint").disabled = Boolean(hasNoEndpoint);
    setText($("endpoint-hint"), hasNoEndpoint ? NO_ENDPOINT_HINT : FOLLOW_UP_HINT);
  }

  async function add() {
    const wanted = readForm();
    const problems = checkForm(wanted);
    for (const field of FIELDS) tell(field, problems.find((problem) => problem.field === field)?.text ?? "");
    showRefusal("");
    const [first] = problems;
    if (first) return $(`fault-${first.field}`).focus();
    try {
      await addFault(buildPlan(wanted));
      announce("It is on.");
      $("fault-seed").value = String(drawSeed());
    } catch (error) {
      const reason = reasonOf(error);
      // The form has checked all other fields. A refusal that does not name the endpoint is about no field.
      if (!reason.includes("endpoint")) return showRefusal(reason);
      tell("endpoint", reason);
      $("fault-endpoint").focus();
    }
  }

  /** Shows why the emulator takes no fault, or nothing. */
  function showRefusal(/** @type {string} */ reason) {
    setText($("fault-refusal"), reason);
    $("fault-refusal").hidden = !reason;
  }

  function readForm() {
    /** @param {HTMLInputElement} input */
    const number = ({ value }) => (value.trim() === "" ? undefined : Number(value));
    return {
      fault: chosen().id,
      number: number($("fault-number")),
      scope: $("fault-scope").value,
      endpoint: $("fault-endpoint").value.trim(),
      times: number($("fault-times")),
      chance: number($("fault-chance")),
      seed: number($("fault-seed")),
    };
  }

  return { render };
}

/**
 * Shows the mistake of a field, or removes it if `text` is empty.
 * @param {Field} field
 * @param {string} text
 */
function tell(field, text) {
  const problem = $(`${field}-error`);
  setText(problem, text);
  problem.hidden = !text;
  if (text) $(`fault-${field}`).setAttribute("aria-invalid", "true");
  else $(`fault-${field}`).removeAttribute("aria-invalid");
}

/**
 * @param {Switch} item
 * @param {Page["say"]} say
 */
function create(item, say) {
  const { name, calls } = describeSwitch(item);
  /**
   * @param {() => Promise<unknown>} action
   * @param {string} said
   */
  const attempt = (action, said) => {
    action().then(
      () => announce(said),
      (/** @type {unknown} */ error) => say(reasonOf(error)),
    );
  };
  const toggle = h("button", { type: "button", role: "switch", class: "switch", "aria-checked": "true", "aria-label": `${name}, ${calls}` }, h("span", { "aria-hidden": "true" }));
  toggle.addEventListener("click", () => {
    const isOn = toggle.getAttribute("aria-checked") !== "true";
    attempt(() => setFault(item.id, isOn), isOn ? "On, from its first call." : "Off.");
  });
  const remove = h("button", { type: "button", class: "quiet", "aria-label": `Remove ${name}`, onclick: () => attempt(() => removeFault(item.id), "Removed.") }, "Remove");
  const copy = copyButton("Copy as plan", () => JSON.stringify(item.plan, null, 2), `Copy as plan: ${name}`);
  return h(
    "li",
    { class: "switch-item" },
    toggle,
    h("div", { class: "switch-text" }, h("p", { class: "name" }, name), h("p", { class: "about" }, calls), h("p", { class: "struck" })),
    h("div", { class: "switch-actions" }, copy, remove),
  );
}

/**
 * @param {HTMLElement} item
 * @param {Switch} fault
 */
function update(item, { is_on: isOn, plan, struck, calls, seed }) {
  const [{ times }] = plan.rules;
  const isSpent = times !== undefined && struck >= times;
  part(item, ".switch").setAttribute("aria-checked", String(isOn));
  const told = times === undefined ? `struck ${struck} of ${count(calls, "call")}` : `struck ${struck} of ${times}`;
  const state = !isOn ? "off" : isSpent ? "spent" : "waiting for calls";
  setText(part(item, ".struck"), `${told}, ${state}; seed ${seed}`);
  item.dataset.state = !isOn ? "off" : isSpent ? "spent" : "on";
}
