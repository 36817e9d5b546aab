// A blank page on the emulator's origin with the built package in it, and the requests that the page sends.

import { BLANK_PAGE, startEmulator } from "./emulator.mjs";
import { launchBrowser } from "./browser.mjs";
import { defineBytes } from "./bytes.mjs";
import { speedUpClock } from "./clock.mjs";
import { isOfPage } from "./engines/limits.mjs";
import { PATIENCE_MS } from "./patience.mjs";
import { startBeforeTests } from "./started.mjs";

/** @typedef {Awaited<ReturnType<typeof startClient>>} Client */

/**
 * The error that a function in the page threw.
 * @typedef {import("../page.js").Caught & { fieldErrors: import("fal-wasm").ValidationErrorInfo[], isUserTimeout: boolean, is: string[], shown: unknown }} Thrown
 */

/**
 * Opens a page in which `window.fal` is the package, configured with the emulator's proxy.
 *
 * - `run(script, argument)`: runs a function in the page. If it throws, resolves with
 *   `{ thrown: { name, message, code, status, requestId, fieldErrors, … } }`
 * - `sent(filter)`: the requests that reached the emulator. `filter` is a part of the target URL
 * - `loseAnswers(part, times)`: breaks the connection after a request has arrived
 * - `unhandled`: the page's uncaught errors and unhandled rejections
 *
 * `speed` makes the page's clock and timers, and `sleep`, run that many times faster: minutes of the client's patience pass in
 * seconds. The network and the emulator keep their speed.
 * @param {{ args?: string[], speed?: number }} [options]
 */
export async function startClient({ args, speed = 1 } = {}) {
  const emulator = await startEmulator({ args });
  const browser = await launchBrowser();
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const unhandled = [];
  page.on("pageerror", (error) => isOfPage(error) && unhandled.push(String(error)));

  /** Loads the page again. Takes the origin of a server in front of the emulator, and another speed of the clock. */
  async function reset({ origin = emulator.url, speed: clock = speed } = {}) {
    await emulator.clearFaults();
    await emulator.releaseAll();
    await page.unrouteAll();
    await page.goto(`${origin}${BLANK_PAGE}`);
    // Before the package loads, because it may keep references to the functions that it finds.
    if (clock !== 1) await page.evaluate(speedUpClock, clock);
    await page.evaluate(defineBytes);
    await page.evaluate(async () => {
      const library = await import("/fal-wasm/index.js");
      Object.assign(window, library, { library });
      library.fal.config({ proxyUrl: "/api/fal/proxy" });
      // Load the module now, so that its download is not among the requests that tests count.
      await library.preload();
      window.IMAGE_TO_VIDEO = "fal-ai/kandinsky5-pro/image-to-video";
      window.TEXT_TO_VIDEO = "fal-ai/kandinsky5-pro/text-to-video";
      window.DISTILL = "fal-ai/kandinsky5/text-to-video/distill";
      window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      window.picture = async (size = 48) => {
        const canvas = new OffscreenCanvas(size, size);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
        context.fillStyle = "teal";
        context.fillRect(0, 0, size, size / 2);
        const blob = await canvas.convertToBlob({ type: "image/png" });
        return new File([blob], "in.png", { type: "image/png" });
      };
    });
    await emulator.clearRequests();
    unhandled.length = 0;
  }

  /**
   * Runs a function in the page. If it throws, resolves with `{ thrown }`.
   * @template Value
   * @template [Argument=undefined]
   * @param {((argument: Argument) => Value) | string} script or the text of one
   * @param {Argument} [argument]
   * @returns {Promise<Awaited<Value> & { thrown: Thrown }>}
   */
  async function run(script, argument) {
    const outcome = await page.evaluate(
      async ([source, argument]) => {
        try {
          // oxlint-disable-next-line eslint/no-eval -- the functions of tests go into the page as their text
          return { value: await (0, eval)(`(${source})`)(argument) };
        } catch (thrown) {
          const error = /** @type {any} */ (thrown);
          const { name, message, code, status, requestId, fieldErrors, body, isUserTimeout } = error ?? {};
          const kinds = ["Error", "FalError", "ApiError", "ValidationError", "DOMException"];
          const is = kinds.filter((kind) => error instanceof Reflect.get(window, kind));
          const shown = error instanceof Error ? undefined : error;
          return { thrown: { name, message, code, status, requestId, fieldErrors, body, isUserTimeout, is, shown } };
        }
      },
      /** @type {const} */ ([script.toString(), argument]),
    );
    const value = "thrown" in outcome ? { thrown: outcome.thrown } : outcome.value;
    return /** @type {Awaited<Value> & { thrown: Thrown }} */ (value);
  }

  /**
   * Loses the answers to the next requests whose target contains `part`. The requests arrive, and the page sees a broken
   * connection. This happens in the browser, not at a server: browsers silently repeat a request if a kept-alive connection
   * closes before any answer.
   * @param {string} part
   */
  async function loseAnswers(part, times = 1) {
    let left = times;
    await page.route("**/api/fal/proxy", async (route) => {
      const isMeant = route.request().headers()["x-fal-target-url"]?.includes(part);
      if (!isMeant || left-- <= 0) return route.fallback();
      // No timeout: the answer of a stream may take longer than playwright's default. The next `reset` ends the route.
      await route.fetch({ timeout: 0 }).catch(() => {});
      return route.abort("connectionreset").catch(() => {});
    });
  }

  async function sent(part = "") {
    const requests = await emulator.requests();
    return requests.filter((request) => (request.target ?? request.path).includes(part));
  }

  async function stop() {
    await browser.close();
    await emulator.stop();
  }

  return { emulator, page, run, sent, loseAnswers, reset, stop, unhandled };
}

/**
 * A client for the tests of a file. It is started before them and stopped after them.
 * @param {Parameters<typeof startClient>[0]} [options]
 */
export const withClient = (options) => startBeforeTests(() => startClient(options));

/**
 * Waits until `check` returns a truthy value, and resolves with it. Throws after `ms` milliseconds.
 * @template Value
 * @param {() => Value} check
 * @returns {Promise<Exclude<Awaited<Value>, undefined | null | false | 0 | "">>}
 */
export async function until(check, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return /** @type {Exclude<Awaited<Value>, undefined | null | false | 0 | "">} */ (value);
    if (Date.now() > end) throw new Error(`Nothing within ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
