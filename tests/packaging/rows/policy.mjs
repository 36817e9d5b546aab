// Pages under a Content-Security-Policy: one with the keyword that WebAssembly needs, and one without it. In the second case
// the error must say what is missing.

import assert from "node:assert/strict";
import { makeApp, seen } from "../lab.mjs";

const POLICY = "default-src 'none'; connect-src http://127.0.0.1:*; script-src 'self'";
const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title><script type="module" src="watch.mjs"></script><script type="module" src="main.mjs"></script>`;

const allowed = (name, browser) => ({
  name: `Content-Security-Policy with 'wasm-unsafe-eval', ${name}`,
  needs: [browser],
  async run(lab) {
    const main = `import { fal } from "./node_modules/fal-wasm/dist/index.js";
import { runScenario } from "./scenario.mjs";
runScenario(fal);
`;
    const folder = makeApp(lab, this.name, { "index.html": PAGE, "main.mjs": main });
    return seen(lab, this.name, { folder, browser, headers: { "content-security-policy": `${POLICY} 'wasm-unsafe-eval'` } });
  },
});

const FAILING = `import { FalError, preload } from "./node_modules/fal-wasm/dist/index.js";
import { report } from "./scenario.mjs";
const failure = async () => {
  const error = await preload().then(() => undefined, (error) => error);
  return error && { isFalError: error instanceof FalError, code: error.code, message: error.message, hasCause: error.cause !== undefined };
};
report({ first: await failure(), second: await failure() });
`;

/** The errors of a page's first and second attempt to load the package, under these headers and faults. */
async function failures(lab, row, circumstances) {
  const folder = makeApp(lab, row, { "index.html": PAGE, "main.mjs": FAILING });
  return seen(lab, row, { folder, ...circumstances });
}

const blocked = (name, browser) => ({
  name: `the error says what a policy without 'wasm-unsafe-eval' lacks, ${name}`,
  needs: [browser],
  async check(lab) {
    const headers = { "content-security-policy": POLICY };
    const { first, second } = await failures(lab, this.name, { browser, headers });
    assert.equal(first.code, "wasm_blocked");
    assert.match(first.message, /add 'wasm-unsafe-eval' to its script-src/);
    assert.ok(first.isFalError && first.hasCause);
    assert.deepEqual(second, first);
  },
});

// Not in Firefox: it remembers a failed import() until the page is reloaded.
const lost = (name, browser) => ({
  name: `a lost core.js is fetched again by the next call, ${name}`,
  needs: [browser],
  async check(lab) {
    let left = 1;
    const breaks = (path) => path.endsWith("/core.js") && left-- > 0;
    const { first, second } = await failures(lab, this.name, { browser, breaks });
    assert.equal(first.code, "wasm_unavailable");
    assert.equal(second, undefined);
  },
});

const ENGINES = { Chromium: "chromium", Firefox: "firefox", WebKitGTK: "webkit" };
const each = (make) => Object.entries(ENGINES).map(([name, browser]) => make(name, browser));

export const rows = each(allowed);
export const checks = [...each(blocked), lost("Chromium", "chromium"), lost("WebKitGTK", "webkit")];
