// Pages without a bundler, in each engine.

import { makeApp, seen } from "../lab.mjs";

const ENGINES = { Chromium: "chromium", Firefox: "firefox", WebKitGTK: "webkit" };

// Reports errors that happen before the app can report them itself.
const WATCH = `<script type="module" src="watch.mjs"></script>`;
const MAIN = (library) => `import { fal } from "${library}";
import { runScenario } from "./scenario.mjs";
runScenario(fal);
`;
const page = (head = "") => `<!doctype html><meta charset="utf-8"><title>app</title>${head}${WATCH}<script type="module" src="main.mjs"></script>`;
const DIST = "./node_modules/fal-wasm/dist";

const plain = (browser, row) => async (lab) => {
  const folder = makeApp(lab, row, { "index.html": page(), "main.mjs": MAIN(`${DIST}/index.js`) });
  return seen(lab, row, { folder, browser });
};

const plainRows = Object.entries(ENGINES).map(([name, browser]) => {
  const row = `script type="module", ${name}`;
  return { name: row, needs: [browser], run: plain(browser, row) };
});

const importMap = {
  name: "import map, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const map = `<script type="importmap">{"imports":{"fal-wasm":"${DIST}/index.js"}}</script>`;
    const folder = makeApp(lab, this.name, { "index.html": page(map), "main.mjs": MAIN("fal-wasm") });
    return seen(lab, this.name, { folder });
  },
};

const inline = {
  name: "fal-wasm/inline, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const folder = makeApp(lab, this.name, { "index.html": page(), "main.mjs": MAIN(`${DIST}/inline.js`) });
    return seen(lab, this.name, { folder });
  },
};

const slim = {
  name: "fal-wasm/slim, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const main = `import { init } from "${DIST}/slim.js";\ninit(fetch("${DIST}/core.wasm"));\n${MAIN(`${DIST}/slim.js`)}`;
    const folder = makeApp(lab, this.name, { "index.html": page(), "main.mjs": main });
    return seen(lab, this.name, { folder });
  },
};

export const rows = [...plainRows, importMap, inline, slim];
