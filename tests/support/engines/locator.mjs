// Finds and uses the elements of a page, for webkit.mjs.

import { PATIENCE_MS } from "../patience.mjs";

const EVERY_MS = 30;
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @typedef {import("./webkit.mjs").Page} Page */
/** @typedef {string | RegExp} Words */
/** @typedef {{ css?: string, role?: string, label?: Words, text?: Words, name?: Words, exact?: boolean, selected?: boolean, hasText?: Words }} Step */
/** @typedef {{ name?: Words, exact?: boolean, selected?: boolean }} NameOptions */

/**
 * The codes that WebDriver uses for keys.
 * @type {Record<string, string>}
 */
const KEYS = { Tab: "\uE004", Enter: "\uE007", Space: " ", Control: "\uE009", ControlOrMeta: "\uE009", Shift: "\uE008", ArrowLeft: "\uE012", ArrowUp: "\uE013", ArrowRight: "\uE014", ArrowDown: "\uE015", Home: "\uE011", End: "\uE010", Escape: "\uE00C" };

/** The keyboard of a page. */
export class Keyboard {
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /** @param {string} combination */
  async press(combination) {
    const keys = combination.split("+").map((key) => KEYS[key] ?? key);
    await this.#perform([...keys.map((value) => ["keyDown", value]), ...keys.toReversed().map((value) => ["keyUp", value])]);
  }

  /** @param {string} text */
  async type(text) {
    await this.#perform(Array.from(text).flatMap((value) => [["keyDown", value], ["keyUp", value]]));
  }

  /** @param {string[][]} steps */
  #perform(steps) {
    const actions = steps.map(([type, value]) => ({ type, value }));
    return this.#page.send("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }
}

/**
 * Converts words, or a regular expression, to JSON.
 * @param {Words | undefined} words
 */
const pattern = (words) => (words instanceof RegExp ? { source: words.source, flags: words.flags } : words);

/** The elements to which some steps lead. Has the API of playwright's `Locator`. */
export class Locator {
  #page;
  /**
   * The steps as JSON.
   * @type {any[]}
   */
  #steps;

  /**
   * @param {Page} page
   * @param {Step[]} steps
   */
  constructor(page, steps) {
    this.#page = page;
    this.#steps = steps.map((step) => ({ ...step, hasText: pattern(step.hasText), text: pattern(step.text), name: pattern(step.name) }));
  }

  /** @type {(step: Step) => Locator} */
  #then = (step) => new Locator(this.#page, [...this.#steps, step]);
  /** @type {(options: { hasText?: Words }) => Locator} */
  filter = ({ hasText }) => this.#then({ hasText });
  /** @type {(css: string, options?: { hasText?: string | RegExp }) => Locator} */
  locator = (css, { hasText } = {}) => this.#then({ css, hasText });
  /** @type {(role: string, options?: NameOptions) => Locator} */
  getByRole = (role, options = {}) => this.#then({ role, ...options });
  /** @type {(text: Words, options?: { exact?: boolean }) => Locator} */
  getByText = (text, options = {}) => this.#then({ text, ...options });
  toString = () => JSON.stringify(this.#steps);

  /**
   * Runs statements in the page. `found` is the list of elements, and `given` the argument.
   * @param {string} statements
   * @param {unknown} [given]
   */
  #run(statements, given) {
    // oxlint-disable-next-line typescript/no-implied-eval -- the statements are this file's own, and go into the page as text
    return this.#page.evaluate(new Function("given", `const found = (${find})(given[0]); given = given[1]; ${statements}`), [this.#steps, given]);
  }

  /**
   * Runs statements again and again until they return a value other than `undefined`.
   * @param {string} statements
   * @param {unknown} [given]
   */
  async #until(statements, given, timeout = PATIENCE_MS) {
    for (const end = Date.now() + timeout; ; await sleep(EVERY_MS)) {
      const value = await this.#run(statements, given);
      if (value !== undefined) return value;
      if (Date.now() > end) throw new Error(`Not within ${timeout} ms: ${this}`);
    }
  }

  /** @param {{ state?: "visible" | "hidden" | "attached" | "detached", timeout?: number }} [options] */
  async waitFor({ state = "visible", timeout } = {}) {
    const isVisible = "const isSeen = found.some((it) => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0);";
    const checks = { visible: "isSeen", hidden: "!isSeen", attached: "found.length > 0", detached: "found.length === 0" };
    await this.#until(`${isVisible} return ${checks[state]} ? true : undefined;`, undefined, timeout);
  }

  /**
   * Waits for the first element, and runs a function with it.
   * @param {(element: any, argument: any) => unknown} script
   * @param {unknown} [argument]
   */
  async evaluate(script, argument) {
    const { value } = await this.#until(`return found[0] && (async () => ({ value: await (${script})(found[0], given) }))();`, argument);
    return value;
  }

  count = () => this.#run("return found.length;");
  isVisible = () => this.#run("return found.some((it) => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0);");
  textContent = () => this.evaluate((it) => it.textContent);
  innerText = () => this.evaluate((it) => it.innerText);
  inputValue = () => this.evaluate((it) => it.value);
  /** @type {(name: string) => Promise<string | null>} */
  getAttribute = (name) => this.evaluate((it, name) => it.getAttribute(name), name);
  focus = () => this.evaluate((it) => it.focus());
  boundingBox = () => this.evaluate((it) => (({ x, y, width, height }) => ({ x, y, width, height }))(it.getBoundingClientRect()));

  /** WebDriver's reference to the element. Waits until the element is visible and enabled. */
  async #element() {
    await this.waitFor();
    await this.#until("return found[0] && !found[0].disabled ? true : undefined;");
    const mark = Math.random().toString(36).slice(2);
    await this.evaluate((it, mark) => it.setAttribute("data-driver", mark), mark);
    const element = await this.#page.send("POST", "/element", { using: "css selector", value: `[data-driver="${mark}"]` });
    await this.evaluate((it) => it.removeAttribute("data-driver"));
    return Object.values(element)[0];
  }

  async click() {
    const element = await this.#element();
    await this.#page.send("POST", `/element/${element}/click`, {});
  }

  /** @param {string} text */
  async fill(text) {
    await this.waitFor();
    await this.evaluate((it, text) => {
      it.focus();
      it.select();
      // oxlint-disable-next-line typescript/no-deprecated -- nothing else types as a person does
      document.execCommand(text ? "insertText" : "delete", false, text);
    }, text);
  }

  /** Clicks the element by script, because the box itself may be hidden behind its label. */
  check = () => this.evaluate((it) => void (it.checked || it.click()));
  uncheck = () => this.evaluate((it) => void (it.checked && it.click()));

  /** @param {string} key */
  async press(key) {
    await this.focus();
    await this.#page.keyboard.press(key);
  }

  /** @param {string | { name: string, mimeType: string, buffer: Buffer }} file its path, or itself */
  async setInputFiles(file) {
    if (typeof file === "string") {
      const element = await this.#element();
      await this.#page.send("POST", `/element/${element}/value`, { text: file });
      return;
    }
    const { name, mimeType, buffer } = file;
    await this.evaluate(
      (it, [name, type, base64]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
        it.files = transfer.files;
        it.dispatchEvent(new Event("input", { bubbles: true }));
        it.dispatchEvent(new Event("change", { bubbles: true }));
      },
      [name, mimeType, buffer.toString("base64")],
    );
  }
}

/**
 * The elements to which the steps lead. Runs in the page.
 * @param {any[]} steps
 */
function find(steps) {
  /** @type {(text: string, words: any, isExact?: boolean) => boolean} */
  const matches = (text, words, isExact) => {
    const clean = text.replaceAll(/\s+/g, " ").trim();
    if (typeof words !== "string") return new RegExp(words.source, words.flags).test(clean);
    return isExact ? clean === words : clean.toLowerCase().includes(words.replaceAll(/\s+/g, " ").trim().toLowerCase());
  };
  const nameOf = (/** @type {any} */ it) => {
    const labelled = it.getAttribute("aria-labelledby");
    if (labelled) return labelled.split(" ").map((/** @type {string} */ id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const labels = [...(it.labels ?? [])].map((label) => label.textContent).join(" ");
    return it.getAttribute("aria-label") ?? (labels || it.textContent || it.value || "");
  };
  /** @type {Record<string, string>} */
  const ROLES = {
    button: "button, [role=button]",
    radio: "input[type=radio], [role=radio]",
    tab: "[role=tab]",
    tabpanel: "[role=tabpanel]",
    link: "a[href]",
    heading: "h1, h2, h3, h4, h5, h6",
    status: "output, [role=status]",
  };
  const isHidden = (/** @type {Element} */ it) => !it.checkVisibility({ visibilityProperty: true });
  const within = (/** @type {ParentNode[]} */ roots, /** @type {string} */ css) => roots.flatMap((root) => [...root.querySelectorAll(css)]);
  /**
   * The innermost elements with this text.
   * @param {Element[]} roots
   * @param {any} words
   * @param {boolean} [isExact]
   */
  const withText = (roots, words, isExact) => {
    const own = roots.filter((root) => root instanceof Element);
    const all = [...own, ...within(roots, "*")].filter((it) => !["SCRIPT", "STYLE"].includes(it.tagName) && matches(it.textContent, words, isExact));
    return all.filter((it) => !all.some((other) => other !== it && it.contains(other)));
  };
  // Begin with the document. It stands for an element here, and none of its attributes is read.
  let found = /** @type {Element[]} */ (/** @type {unknown[]} */ ([document]));
  for (const { css, role, label, text, name, exact, selected, hasText } of steps) {
    if (css) found = within(found, css);
    if (role) found = within(found, ROLES[role]).filter((it) => !isHidden(it));
    if (label) found = within(found, "input, textarea, select, button, [aria-label], [aria-labelledby]").filter((it) => matches(nameOf(it), label, exact));
    if (text) found = withText(found, text, exact);
    if (name) found = found.filter((it) => matches(nameOf(it), name, exact));
    if (selected !== undefined) found = found.filter((it) => it.getAttribute("aria-selected") === String(selected));
    if (hasText) found = found.filter((it) => matches(it.textContent, hasText));
  }
  return [...new Set(found)];
}
