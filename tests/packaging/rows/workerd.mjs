// workerd, with a worker that is bundled as wrangler does it: with its conditions, and with separate modules.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { makeApp, told, tool } from "../lab.mjs";
import { WEBHOOK_WORKER, webhookFiles } from "../webhook.mjs";

const WORKER = `import { fal } from "fal-wasm";
import { runScenario } from "./scenario.mjs";
export default {
  async test() {
    await runScenario(fal);
  },
};
`;

// The worker may reach the network of this machine, where the emulator runs.
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "out/worker.mjs"),
    (name = "core.wasm", wasm = embed "out/core.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
`;

const FAILING = `import { preload } from "fal-wasm";
import { report } from "./scenario.mjs";
export default {
  async test() {
    const { code, message } = await preload().catch((error) => error);
    await report({ code, message });
  },
};
`;

async function bundle(folder, conditions) {
  const { build } = await import("esbuild");
  const beside = {
    name: "modules beside",
    setup: (build) => build.onResolve({ filter: /\.wasm$/ }, ({ path: file }) => ({ path: `./${path.basename(file)}`, external: true })),
  };
  await build({
    entryPoints: [path.join(folder, "worker.mjs")],
    outfile: path.join(folder, "out/worker.mjs"),
    bundle: true,
    format: "esm",
    conditions,
    plugins: [beside],
    logLevel: "error",
  });
  copyFileSync(path.join(folder, "node_modules/fal-wasm/dist/core.wasm"), path.join(folder, "out/core.wasm"));
}

async function inWorkerd(lab, row, worker, conditions, files = {}) {
  const cwd = makeApp(lab, row, { "worker.mjs": worker, "config.capnp": CONFIG, ...files });
  await bundle(cwd, conditions);
  return told(lab, row, tool("workerd"), ["test", "config.capnp"], { cwd });
}

const CONDITIONS = ["workerd", "worker", "browser"];

export const rows = [
  {
    name: "workerd",
    needs: ["tools"],
    run: (lab) => inWorkerd(lab, "workerd", WORKER, CONDITIONS),
  },
  {
    name: "workerd, fal-wasm/webhook",
    needs: ["tools"],
    async run(lab) {
      return inWorkerd(lab, this.name, WEBHOOK_WORKER, CONDITIONS, await webhookFiles(lab));
    },
  },
];

export const checks = [
  {
    name: "the error says what a bundle for workerd without its condition lacks",
    needs: ["tools"],
    async check(lab) {
      const { code, message } = await inWorkerd(lab, this.name, FAILING, ["browser"]);
      assert.equal(code, "wasm_blocked");
      assert.match(message, /bundle with its condition \("workerd"/);
    },
  },
];
