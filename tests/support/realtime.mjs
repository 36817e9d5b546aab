// A page whose realtime sockets lead to the emulator. It records their messages.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { startClient } from "./client.mjs";
import { startBeforeTests } from "./started.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * As `startClient`. The page also has
 * - `sockets`: the sockets opened so far. Each has `asked` (its URL) and `sent` (its frames)
 * - `token(seconds)`: gets a token of the emulator for its realtime endpoint
 * - `asked`: the arguments of the calls of token providers
 * - `listen(options, library)`: connects to `emulator/realtime`. Returns the connection, `results`, `errors`, and
 *   `until(n, list)`, which waits for the nth entry of the list
 * - `official`: the official client, after `loadOfficial()`
 */
export async function startRealtime() {
  const client = await startClient();
  return {
    ...client,
    async reset() {
      await client.reset();
      await client.page.evaluate(prepare);
    },
    loadOfficial: async () => client.page.addScriptTag({ content: await official() }),
  };
}

/** A realtime client that is started before the tests of a file, and stopped after them. */
export const withRealtime = () => startBeforeTests(startRealtime);

function prepare() {
  const Native = WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Native {
    /** @type {any[]} */
    sent = [];

    asked = "";

    /** @param {string | URL} url */
    constructor(url) {
      super(String(url).replace("wss://fal.run/", `ws://${location.host}/fal.run/`));
      this.asked = String(url);
      sockets.push(this);
    }
    /** @param {any} frame */
    send(frame) {
      this.sent.push(frame);
      super.send(frame);
    }
  };
  window.asked = [];
  window.token = async (token_expiration = 60) => {
    const body = JSON.stringify({ allowed_apps: ["realtime"], token_expiration });
    return (await fetch("/rest.fal.ai/tokens/", { method: "POST", body, headers: { "content-type": "application/json" } })).json();
  };
  window.listen = (options = {}, library = fal) => {
    /** @type {any[]} */
    const results = [];
    /** @type {any[]} */
    const errors = [];
    const { app = "emulator/realtime", ...handler } = /** @type {{ app?: string }} */ (options);
    const connection = library.realtime.connect(app, {
      tokenProvider: (endpoint) => (asked.push(endpoint), token()),
      onResult: (result) => results.push(result),
      onError: ({ name, message, status, code, body }) => errors.push({ name, message, status, code, body }),
      throttleInterval: 0,
      ...handler,
    });
    const until = async (/** @type {number} */ n, list = results, ms = 90_000) => {
      for (const end = Date.now() + ms; list.length < n; await sleep(5)) {
        if (Date.now() > end) throw new Error(`${n} expected, got ${JSON.stringify({ results, errors })}`);
      }
      return list;
    };
    return { connection, results, errors, until };
  };
}

async function official() {
  const contents = 'import { fal } from "@fal-ai/client"; globalThis.official = fal;';
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root }, bundle: true, platform: "browser", write: false });
  return outputFiles[0].text;
}
