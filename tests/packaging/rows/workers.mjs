// Module workers, and service workers, which forbid import().

import { makeApp, seen } from "../lab.mjs";
import path from "node:path";

const page = (script) => `<!doctype html><meta charset="utf-8"><title>app</title><script type="module">
import "./watch.mjs";
${script}
</script>`;
const WORK = (library) => `import { fal } from "${library}";
import { runScenario } from "./scenario.mjs";
`;

const worker = {
  name: "Web Worker, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const folder = makeApp(lab, this.name, {
      "index.html": page(`new Worker("./worker.mjs", { type: "module" });`),
      "worker.mjs": `${WORK("./node_modules/fal-wasm/dist/index.js")}runScenario(fal);`,
    });
    return seen(lab, this.name, { folder });
  },
};

// Registers a service worker, tells it to begin, and keeps the page open until the worker has reported.
const REGISTER = (file, type) => page(`
const registration = await navigator.serviceWorker.register("./${file}", { type: "${type}" });
await navigator.serviceWorker.ready;
registration.active.postMessage("begin");`);
const ON_MESSAGE = `self.addEventListener("message", (event) => event.waitUntil(runScenario(fal)));`;

const serviceWorker = {
  name: "service worker of modules, fal-wasm/inline, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const folder = makeApp(lab, this.name, {
      "index.html": REGISTER("sw.mjs", "module"),
      "sw.mjs": WORK("./node_modules/fal-wasm/dist/inline.js") + ON_MESSAGE,
    });
    return seen(lab, this.name, { folder });
  },
};

const classicServiceWorker = {
  name: "service worker bundled by esbuild, fal-wasm/inline, Chromium",
  needs: ["chromium"],
  async run(lab) {
    const { build } = await import("esbuild");
    const folder = makeApp(lab, this.name, {
      "index.html": REGISTER("sw.js", "classic"),
      "sw.mjs": WORK("fal-wasm/inline") + ON_MESSAGE,
    });
    await build({ entryPoints: [path.join(folder, "sw.mjs")], bundle: true, minify: true, outfile: path.join(folder, "sw.js"), logLevel: "error" });
    return seen(lab, this.name, { folder });
  },
};

export const rows = [worker, serviceWorker, classicServiceWorker];
