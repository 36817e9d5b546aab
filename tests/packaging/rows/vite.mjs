// An old and a new Vite, as a development server and as a build.

import path from "node:path";
import { makeApp, seen, seenAt } from "../lab.mjs";
import { versionOf } from "../versions.mjs";

const FILES = {
  "index.html": `<!doctype html><meta charset="utf-8"><title>app</title><script type="module" src="/watch.mjs"></script><script type="module" src="/main.mjs"></script>`,
  "main.mjs": `import { fal } from "fal-wasm";
import { runScenario } from "./scenario.mjs";
runScenario(fal);
`,
};

const config = (root) => ({ root, configFile: false, logLevel: "error" });

const dev = (tool) => ({
  name: `Vite ${versionOf(tool, 1)}, dev`,
  needs: ["tools", "chromium"],
  async run(lab) {
    const { createServer } = await import(tool);
    const root = makeApp(lab, this.name, FILES);
    const server = await createServer({ ...config(root), server: { host: "127.0.0.1", port: 0 } });
    await server.listen();
    try {
      return await seenAt(lab, this.name, server.resolvedUrls.local[0]);
    } finally {
      await server.close();
    }
  },
});

const build = (tool) => ({
  name: `Vite ${versionOf(tool, 1)}, build`,
  needs: ["tools", "chromium"],
  async run(lab) {
    const vite = await import(tool);
    const root = makeApp(lab, this.name, FILES);
    await vite.build(config(root));
    return seen(lab, this.name, { folder: path.join(root, "dist") });
  },
});

export const rows = ["vite", "vite7"].flatMap((tool) => [dev(tool), build(tool)]);
