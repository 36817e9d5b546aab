// Limits of the engines and their drivers. A test that needs a missing ability is skipped in that engine, with the reason:
// `test("…", { skip: cannot("offline") }, …)`.

/** The engine for the tests: `FAL_ENGINE`, or Chromium. */
export const engine = process.env.FAL_ENGINE || "chromium";

const BIDI = "playwright's WebDriver BiDi for Firefox";
const CLASSIC = "WebKitWebDriver";

/** @type {Record<string, Record<string, string>>} */
const LIMITS = {
  chromium: {},
  firefox: {
    memory: `${BIDI} tells no memory of a page`,
    media: `${BIDI} sets no colour scheme and no preference for less motion`,
    touch: `${BIDI} knows no touch screen`,
    routes: `${BIDI} holds a page up whose requests it answers`,
    axe: "Firefox ESR 153 crashes where axe runs in the demo page",
    "first load": `${BIDI} says that there is a network before requests get through, and Firefox tries no import twice`,
    "second import": "Firefox tries no import twice that failed once, until the page is reloaded (docs/runtimes.md, limits)",
    paste: `${BIDI} pastes no picture`,
    numbers: `${BIDI} adds to what stands in a number field, and does not replace it`,
  },
  webkit: {
    memory: `${CLASSIC} tells no memory of a page`,
    media: `${CLASSIC} sets no colour scheme and no preference for less motion`,
    touch: `${CLASSIC} knows no touch screen`,
    offline: `${CLASSIC} cannot take a page off the network`,
    routes: `${CLASSIC} cannot answer for another host`,
    clipboard: `${CLASSIC} cannot let a page use the clipboard`,
    chooser: `${CLASSIC} cannot answer a file chooser`,
    downloads: `${CLASSIC} tells of no download`,
    requests: `${CLASSIC} tells of no request that a page makes`,
    cuts: "WebKitGTK takes an answer without a length for whole where the connection is closed",
  },
};

/** Firefox's remarks about connections that the page itself closes. The driver reports them as errors of the page. */
const REMARKS = /^(Firefox can’t establish a connection|The connection to ws)/;

/**
 * Whether an error that the driver reports comes from the page.
 * @param {Error} error
 */
export const isOfPage = (error) => engine !== "firefox" || !REMARKS.test(error.message);

/**
 * The reason why this engine lacks one of these abilities. `false` if it has all of them.
 * @param {string[]} abilities
 */
export function cannot(...abilities) {
  const limits = LIMITS[engine];
  if (!limits) throw new Error(`FAL_ENGINE is ${engine}: it is one of ${Object.keys(LIMITS).join(", ")}.`);
  return abilities.map((ability) => limits[ability]).find(Boolean) ?? false;
}
