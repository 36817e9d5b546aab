// workerd, with a worker that is bundled as wrangler does it: with its conditions, and with separate modules.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { KEY, STRICT } from "../../foreign/support/endpoints.mjs";
import { startEmulator } from "../../support/emulator.mjs";
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

// As a worker of Cloudflare's is configured that uses Node's globals and has a secret.
const CONFIG_WITH_KEY = CONFIG.replace("  compatibilityDate", `  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "FAL_KEY", text = "${KEY}")],
  compatibilityDate`);

const FAILING = `import { preload } from "fal-wasm";
import { report } from "./scenario.mjs";
export default {
  async test() {
    const { code, message } = await preload().catch((error) => error);
    await report({ code, message });
  },
};
`;

/** The folder of the proxy for Hono, and that of what it imports. */
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

/** A worker that runs the client through the proxy of the same worker, which leads to this emulator. */
const proxyWorker = (emulator) => `import { fal } from "fal-wasm";
import app from "./hono.ts";
import { fetchFrom } from "./redirect.mjs";
import { report, subscribe } from "./scenario.mjs";
const PROXY = "http://app.example/api/fal/proxy";
export default {
  async test(_, env) {
    globalThis.fetch = fetchFrom("${emulator}");
    const asUser = (cookie) => (url, init) => {
      if (url !== PROXY) return fetch(url, init);
      const request = new Request(url, init);
      request.headers.set("cookie", cookie);
      return app.fetch(request, env);
    };
    const id = "fal-ai/kandinsky5-pro/text-to-video";
    fal.config({ proxyUrl: { url: PROXY, when: "always" }, fetch: asUser("session=1") });
    try {
      await subscribe(fal);
      const { request_id: requestId } = await fal.queue.submit(id, { input: { prompt: "a quiet sea" } });
      await fal.queue.cancel(id, { requestId });
      fal.config({ proxyUrl: { url: PROXY, when: "always" }, fetch: asUser("") });
      const { status } = await fal.queue.submit(id, { input: { prompt: "a quiet sea" } }).catch((error) => error);
      await report({ withoutSession: status });
    } catch ({ name, message }) {
      await report({ name, message });
    }
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
    nodePaths: [path.join(examples, "node_modules")],
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
    name: "the proxy for Hono in workerd",
    needs: ["tools", "exampleTools"],
    async check(lab) {
      const emulator = await startEmulator({ args: STRICT });
      try {
        const files = {
          "config.capnp": CONFIG_WITH_KEY,
          "hono.ts": readFileSync(path.join(examples, "proxies/hono.ts"), "utf8"),
          "redirect.mjs": readFileSync(path.join(examples, "../foreign/support/redirect.mjs"), "utf8"),
        };
        const outcome = await inWorkerd(lab, this.name, proxyWorker(emulator.url), CONDITIONS, files);
        assert.deepEqual(outcome, { withoutSession: 401 });
        const proxied = (await emulator.requests()).filter(({ target }) => target);
        assert.ok(proxied.some(({ method, target }) => method === "PUT" && target?.endsWith("/cancel")));
        for (const { headers } of proxied) assert.equal(headers["x-fal-client-proxy"], "@fal-ai/server-proxy/hono");
      } finally {
        await emulator.stop();
      }
    },
  },
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
