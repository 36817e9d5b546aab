// Starts Firefox ESR. Playwright drives it over WebDriver BiDi, so that it has the API that the tests use.

import { firefox } from "../playwright.mjs";

/** Playwright sends this command for every page. Firefox ESR does not know it yet. */
const UNKNOWN_COMMAND = "emulation.setMediaFeaturesOverride";

const OPTIONS = {
  channel: "moz-firefox",
  firefoxUserPrefs: {
    "app.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  },
};

let isPatched = false;

/** Makes playwright skip the unknown command. */
function patch() {
  if (isPatched) return;
  isPatched = true;
  /** @type {any} */
  const ours = firefox;
  const driver = ours._connection.toImpl(firefox)._bidiFirefox;
  const connect = driver.connectToTransport;
  driver.connectToTransport = async (/** @type {unknown[]} */ ...given) => {
    const browser = await connect.apply(driver, given);
    const session = Object.getPrototypeOf(browser._browserSession);
    const { send } = session;
    session.send = function (/** @type {string} */ method, /** @type {unknown[]} */ ...rest) {
      return method === UNKNOWN_COMMAND ? Promise.resolve({}) : send.call(this, method, ...rest);
    };
    driver.connectToTransport = connect;
    return browser;
  };
}

/**
 * Starts Firefox with playwright's API. The caller closes it.
 * @param {import("playwright-core").LaunchOptions} [options]
 */
export function launchFirefox(options = {}) {
  patch();
  return firefox.launch({ ...OPTIONS, executablePath: process.env.FIREFOX_PATH || "/usr/bin/firefox-esr", ...options });
}
