// Pages with a plain script, and pages that import modules by URL: from their own origin, and from a server of npm packages.

import assert from "node:assert/strict";
import { createReadStream, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { portOf } from "../../support/port.mjs";
import { makeApp, seen } from "../lab.mjs";

const ENGINES = { Chromium: "chromium", Firefox: "firefox", WebKitGTK: "webkit" };
const DIST = "node_modules/fal-wasm/dist";

// The page has an unusual charset, which must not spoil the script.
const page = (...scripts) => `<!doctype html><meta charset="windows-1252"><title>app</title><script type="module" src="watch.mjs"></script>
${scripts.join("\n")}`;
const RUN = `import { runScenario } from "./scenario.mjs";
runScenario(fal);
`;
const afterScript = (src) => page(`<script src="${src}"></script>`, `<script type="module" src="run.mjs"></script>`);

const fromHere = Object.entries(ENGINES).map(([name, browser]) => ({
  name: `plain script, ${name}`,
  needs: [browser],
  async run(lab) {
    const folder = makeApp(lab, this.name, { "index.html": afterScript(`${DIST}/fal.global.js`), "run.mjs": RUN });
    return seen(lab, this.name, { folder, browser });
  },
}));

/**
 * A server of npm packages on another origin. It has only this package. For a path without a file, it serves the file of the
 * field `unpkg`, or redirects to that file.
 */
async function servePackages(lab, { isRedirecting, headers = {} }) {
  const home = path.join(lab.installed, "node_modules/fal-wasm");
  const { version, unpkg } = JSON.parse(readFileSync(path.join(home, "package.json"), "utf8"));
  const bare = "/npm/fal-wasm";
  const base = `${bare}@${version}`;
  const server = createServer((request, response) => {
    const whole = path.posix.join(base, unpkg);
    if (request.url === bare && isRedirecting) return response.writeHead(302, { location: whole, ...headers }).end();
    const target = request.url === bare ? whole : String(request.url);
    if (!target.startsWith(`${base}/dist/`)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/javascript", ...headers });
    return createReadStream(path.join(home, target.slice(base.length))).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const origin = `http://localhost:${portOf(server)}`;
  return {
    origin,
    bare: origin + bare,
    modules: `${origin}${base}/dist`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A row whose page loads its files from a server of npm packages. */
const fromPackages = (name, options, browser, files, policy) => ({
  name: `${name}, ${Object.keys(ENGINES).find((engine) => ENGINES[engine] === browser)}`,
  needs: [browser],
  async run(lab) {
    const packages = await servePackages(lab, options);
    try {
      const folder = makeApp(lab, this.name, files(packages));
      return await seen(lab, this.name, { folder, browser, headers: policy && { "content-security-policy": policy(packages) } });
    } finally {
      await packages.stop();
    }
  },
});

const scriptPage = ({ bare }) => ({ "index.html": afterScript(bare), "run.mjs": RUN });
const strict = ({ origin }) => `default-src 'none'; connect-src http://127.0.0.1:*; script-src 'self' ${origin} 'wasm-unsafe-eval'`;
// Modules of another origin need this header. A plain script does not.
const WITH_CORS = { headers: { "access-control-allow-origin": "*" } };

const elsewhere = [
  fromPackages("plain script of another origin", {}, "chromium", scriptPage),
  ...Object.values(ENGINES).map((browser) =>
    fromPackages("plain script of another origin, redirected, under a Content-Security-Policy", { isRedirecting: true }, browser, scriptPage, strict)),
  fromPackages("module of another origin by its URL, under a Content-Security-Policy", WITH_CORS, "chromium", ({ modules }) => ({
    "index.html": page(`<script type="module" src="run.mjs"></script>`),
    "run.mjs": `import { fal } from "${modules}/index.js";\n${RUN}`,
  }), strict),
  fromPackages("module of another origin by an import map", WITH_CORS, "chromium", ({ modules }) => ({
    "index.html": page(`<script type="importmap">{"imports":{"fal-wasm":"${modules}/index.js"}}</script>`, `<script type="module" src="run.mjs"></script>`).replace(/(<script type="module" src="watch.mjs"><\/script>\n)(.*\n)/, "$2$1"),
    "run.mjs": `import { fal } from "fal-wasm";\n${RUN}`,
  })),
  fromPackages("import().then in a plain script, of another origin", WITH_CORS, "chromium", ({ modules }) => ({
    "index.html": page(`<script>
import("${modules}/index.js").then(({ fal }) => import("./scenario.mjs").then(({ runScenario }) => runScenario(fal)));
</script>`),
  })),
];

const classicWorker = {
  name: "plain script in a classic worker, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const folder = makeApp(lab, this.name, {
      "index.html": page(`<script>new Worker("worker.js");</script>`),
      "worker.js": `importScripts("${DIST}/fal.global.js");\nimport("./scenario.mjs").then(({ runScenario }) => runScenario(fal));\n`,
    });
    return seen(lab, this.name, { folder });
  },
};

export const rows = [...fromHere, ...elsewhere, classicWorker];

/** A check of the error on a page whose server has index.js, but none of the files next to it. */
const misplaced = (name, browser) => ({
  name: `the error of a lone index.js says which file has to be where, ${name}`,
  needs: [browser],
  async check(lab) {
    const main = `import { preload } from "./${DIST}/index.js";
import { report } from "./scenario.mjs";
preload().then(() => report({}), ({ code, message }) => report({ code, message }));
`;
    const folder = makeApp(lab, this.name, { "index.html": page(`<script type="module" src="main.mjs"></script>`), "main.mjs": main });
    rmSync(path.join(folder, DIST, "core.js"));
    const { code, message } = await seen(lab, this.name, { folder, browser });
    assert.equal(code, "wasm_unavailable");
    assert.match(message, /core\.js has to be beside the imported file/);
    // WebKit's error does not name the missing file.
    if (browser !== "webkit") assert.match(message, /http:\/\/127\.0\.0\.1:\d+\/node_modules\/fal-wasm\/dist\/core\.js/);
  },
});

export const checks = Object.entries(ENGINES).map(([name, browser]) => misplaced(name, browser));
