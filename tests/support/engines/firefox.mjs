// Firefox ESR, driven by playwright over WebDriver BiDi, so that it has the API that the tests use.

import { firefox } from "playwright-core";

/** Not yet known to Firefox ESR, and sent for every page. */
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

/** Lets playwright's own end of the wire leave the unknown command out. */
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
 * A browser of playwright's; the caller closes it.
 * @param {import("playwright-core").LaunchOptions} [options]
 */
export function launchFirefox(options = {}) {
  patch();
  return firefox.launch({ ...OPTIONS, executablePath: process.env.FIREFOX_PATH || "/usr/bin/firefox-esr", ...options });
}
