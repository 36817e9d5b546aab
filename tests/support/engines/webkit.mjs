// Gives WebKitGTK the part of playwright's API that the tests use. It is driven by classic WebDriver, whose limits are in
// limits.mjs. Init scripts run at the first look at the page, not before its own scripts. The page's errors are known only
// after the next look at it.

import { EventEmitter } from "node:events";
import { decode, encode, installAgent } from "./agent.mjs";
import { PATIENCE_MS } from "../patience.mjs";
import { Keyboard, Locator } from "./locator.mjs";
import { startSession } from "./webdriver.mjs";

/** How long one command waits for a script. Other commands can run between two such waits. */
const LOOK_MS = 40;
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @typedef {{ width: number, height: number }} Size */

/** As `chromium.launch`. Each context is a separate browser, and takes only two options. */
export async function launchWebKit() {
  /** @type {Set<Context>} */
  const contexts = new Set();
  return {
    /** @param {{ viewport?: { width: number, height: number }, ignoreHTTPSErrors?: boolean }} [options] */
    async newContext({ viewport, ignoreHTTPSErrors = false, ...others } = {}) {
      if (Object.keys(others).length > 0) throw new Error(`WebKitWebDriver cannot have ${Object.keys(others).join(", ")}: skip the test, see limits.mjs.`);
      const context = new Context(await startSession({ acceptInsecureCerts: ignoreHTTPSErrors }), viewport);
      contexts.add(context);
      return context;
    },
    contexts: () => [...contexts],
    close: () => Promise.all([...contexts].map((context) => context.close())),
  };
}

class Context {
  /** @type {Page[]} */
  #pages = [];
  #isClosed = false;
  /**
   * The handle of the window that gets the session's commands.
   * @type {string | undefined}
   */
  #current;

  /**
   * @param {import("./webdriver.mjs").Session} session
   * @param {Size | undefined} viewport
   */
  constructor(session, viewport) {
    this.session = session;
    this.viewport = viewport;
  }

  pages = () => this.#pages;

  async newPage() {
    const isFirst = this.#pages.length === 0;
    const handle = isFirst ? await this.session.send("GET", "/window") : (await this.session.send("POST", "/window/new", { type: "tab" })).handle;
    if (isFirst) this.#current = handle;
    const page = new Page(this, handle);
    this.#pages.push(page);
    if (this.viewport) await page.setViewportSize(this.viewport);
    return page;
  }

  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Sends a command to a page. No command to another page comes between the switch to its window and the command.
   * @param {Page} page
   * @param {string} method
   * @param {string} path_
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  to(page, method, path_, body) {
    const work = async () => {
      if (this.#current !== page.handle) {
        await this.session.send("POST", "/window", { handle: page.handle });
        this.#current = page.handle;
      }
      return this.session.send(method, path_, body);
    };
    return (this.#last = this.#last.catch(() => {}).then(work));
  }

  /** @param {Page} page */
  async closed(page) {
    this.#pages = this.#pages.filter((other) => other !== page);
    this.#current = undefined;
  }

  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const page of this.#pages) await page.evaluate(() => {}).catch(() => {});
    await this.session.stop();
  }
}

/** Has the API of playwright's `Page`. */
export class Page extends EventEmitter {
  #context;
  /** @type {string[]} */
  #scripts = [];
  /** @type {Map<string, (...given: unknown[]) => unknown>} */
  #exposed = new Map();
  #isClosed = false;

  /**
   * @param {Context} context
   * @param {string} handle
   */
  constructor(context, handle) {
    super();
    this.#context = context;
    this.handle = handle;
    this.keyboard = new Keyboard(this);
  }

  context = () => this.#context;
  /** @type {import("./webdriver.mjs").Send} */
  send = (method, path_, body) => this.#context.to(this, method, path_, body);

  /** @param {string | URL} url */
  async goto(url) {
    await this.send("POST", "/url", { url: String(url) });
    await this.#loaded();
  }

  async reload() {
    // Collect the page's events now: the reload deletes them.
    await this.evaluate(() => {}).catch(() => {});
    await this.send("POST", "/refresh", {});
    await this.#loaded();
  }

  /** Waits until the page has loaded. The driver may report that a little early. */
  #loaded = () => this.waitForFunction(() => document.readyState === "complete");

  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.evaluate(() => {}).catch(() => {});
    await this.send("DELETE", "/window");
    await this.#context.closed(this);
  }

  url = () => this.send("GET", "/url");
  content = () => this.evaluate(() => document.documentElement.outerHTML);
  waitForTimeout = sleep;
  // This driver has no routes, so there is nothing to remove.
  unrouteAll = async () => {};

  /**
   * @param {Function} script
   * @param {unknown} [argument]
   */
  async addInitScript(script, argument) {
    this.#scripts.push(`(${script})(${JSON.stringify(argument)})`);
  }

  /**
   * @param {string} name
   * @param {(...given: unknown[]) => unknown} callback
   */
  async exposeFunction(name, callback) {
    this.#exposed.set(name, callback);
    this.#scripts.push(`(() => { window[${JSON.stringify(name)}] = (...given) => window.__agent.events.push(["call", ${JSON.stringify(name)}, given]); })()`);
  }

  // oxlint-disable-next-line eslint/no-eval -- a classic script, in the page
  addScriptTag = (/** @type {{ content: string }} */ { content }) => this.evaluate((/** @type {string} */ content) => void (0, eval)(content), content);

  /** @param {string} html */
  async setContent(html) {
    await this.evaluate((/** @type {string} */ html) => {
      document.open();
      // oxlint-disable-next-line typescript/no-deprecated -- as playwright sets a content
      document.write(html);
      document.close();
    }, html);
  }

  /**
   * Runs a function in the page, or the statements of a text. Does not use `eval`, which pages may forbid.
   * @param {Function | string} script
   * @param {unknown} [argument]
   * @returns {Promise<any>}
   */
  async evaluate(script, argument) {
    if (typeof script === "string") return this.run(script);
    return this.run(`const given = agent.decode(${JSON.stringify(encode(argument))}); return (${script})(given);`);
  }

  /**
   * Runs statements in the page, with `agent` from agent.mjs. A command starts them, and further commands look for the result,
   * so that other commands can run in between.
   * @param {string} statements
   */
  async run(statements) {
    const id = Math.random().toString(36).slice(2);
    const start = `
      if (!window.__agent) { (${installAgent})(); ${this.#scripts.map((it) => `${it};`).join("\n")} }
      const agent = window.__agent;
      agent.begin(${JSON.stringify(id)}, async () => { ${statements} });`;
    const look = `
      const done = arguments[arguments.length - 1];
      if (window.__agent) window.__agent.look(${JSON.stringify(id)}, ${LOOK_MS}, done); else done(JSON.stringify({ isGone: true, events: [] }));`;
    for (let script = start + look; ; script = look) {
      const { isDone, isGone, value, error, events } = JSON.parse(await this.send("POST", "/execute/async", { script, args: [] }));
      this.#tell(events);
      if (isGone) throw new Error("The page went elsewhere while a script ran in it.");
      if (error !== undefined) throw Object.assign(new Error(error.message), { name: error.name });
      if (isDone) return decode(value);
      await sleep(2);
    }
  }

  /** @param {any[][]} events */
  #tell(events) {
    for (const [kind, ...rest] of events) {
      if (kind === "error") this.emit("pageerror", Object.assign(new Error(rest[0]), { stack: rest[0], toString: () => rest[0] }));
      if (kind === "console") this.emit("console", { type: () => rest[0], text: () => rest[1] });
      if (kind === "call") this.#exposed.get(rest[0])?.(...rest[1]);
    }
  }

  /**
   * @param {Function} check
   * @param {unknown} [argument]
   * @param {{ timeout?: number, polling?: number }} [options]
   */
  async waitForFunction(check, argument, { timeout = PATIENCE_MS, polling = 50 } = {}) {
    for (const end = Date.now() + timeout; ; await sleep(polling)) {
      if (await this.evaluate(check, argument)) return;
      if (Date.now() > end) throw new Error(`Not within ${timeout} ms: ${check}`);
    }
  }

  /**
   * @param {string} wanted
   * @param {{ timeout?: number }} [options]
   */
  async waitForURL(wanted, { timeout = PATIENCE_MS } = {}) {
    for (const end = Date.now() + timeout; (await this.url()) !== wanted; await sleep(20)) {
      if (Date.now() > end) throw new Error(`Not at ${wanted} within ${timeout} ms`);
    }
  }

  /** @param {Size} size */
  async setViewportSize({ width, height }) {
    const [wide, high] = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    await this.send("POST", "/window/rect", { width: width + wide, height: height + high });
    const [more, higher] = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    if (more !== wide || higher !== high) await this.send("POST", "/window/rect", { width: width + more, height: height + higher });
  }

  // Find elements by what a person sees or hears.
  /** @type {(step: import("./locator.mjs").Step) => Locator} */
  #locator = (step) => new Locator(this, [step]);
  /** @type {(css: string, options?: { hasText?: string | RegExp }) => Locator} */
  locator = (css, { hasText } = {}) => this.#locator({ css, hasText });
  /** @type {(role: string, options?: import("./locator.mjs").NameOptions) => Locator} */
  getByRole = (role, options = {}) => this.#locator({ role, ...options });
  /** @type {(label: string | RegExp, options?: { exact?: boolean }) => Locator} */
  getByLabel = (label, options = {}) => this.#locator({ label, ...options });
  /** @type {(text: string | RegExp, options?: { exact?: boolean }) => Locator} */
  getByText = (text, options = {}) => this.#locator({ text, ...options });
}
