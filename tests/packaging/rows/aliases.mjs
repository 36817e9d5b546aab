// Other people's programs for the official client, with this package in its place: by an override of npm, and by an alias of a
// bundler. TanStack AI's adapter for fal imports `@fal-ai/client` in its published files.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeApp, seen, told, tools } from "../lab.mjs";
import { run } from "../processes.mjs";
import { versionOf } from "../versions.mjs";
import { compile } from "./typescript.mjs";

const OFFICIAL = "@fal-ai/client";
const ADAPTER = ["@tanstack/ai", "@tanstack/ai-fal"];

// The adapter submits, polls the status and fetches the result, all by the official client's names.
const APP = `import { fal } from "@fal-ai/client";
import { generateVideo, getVideoJobStatus } from "@tanstack/ai";
import { falVideo } from "@tanstack/ai-fal";
import { EMULATOR } from "./addresses.mjs";
import { report, runScenario } from "./scenario.mjs";

async function makeVideo() {
  const proxyUrl = { url: EMULATOR + "/api/fal/proxy", when: "always" };
  const adapter = falVideo("fal-ai/kandinsky5-pro/text-to-video", { apiKey: "id:secret", proxyUrl });
  const { jobId } = await generateVideo({ adapter, prompt: "a quiet sea" });
  for (;;) {
    const { status, url, error } = await getVideoJobStatus({ adapter, jobId });
    if (error) throw new Error(error);
    if (status === "completed") return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

try {
  if (typeof fal.pending !== "function") throw new Error("this is the official client");
  const video = await fetch(await makeVideo());
  if (!video.ok) throw new Error("the video is not there");
  await runScenario(fal);
} catch (error) {
  await report({ subscribe: String(error), upload: "not reached" });
}
`;

const npmOverride = {
  name: `npm override of ${OFFICIAL}, TanStack AI's adapter in Node`,
  needs: ["tools"],
  async run(lab) {
    const cwd = makeApp(lab, this.name, { "main.mjs": APP });
    const dependencies = { [OFFICIAL]: `file:${lab.tarball}`, ...Object.fromEntries(ADAPTER.map((name) => [name, versionOf(name)])) };
    const manifest = { private: true, type: "module", dependencies, overrides: { [OFFICIAL]: `$${OFFICIAL}` } };
    writeFileSync(path.join(cwd, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], { cwd });
    return told(lab, this.name, process.execPath, ["main.mjs"], { cwd });
  },
};

const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title><script type="module" src="./main.js"></script>`;

/** A row with an app that a bundler makes. npm would put the adapter next to the package, and so does this. */
const bundled = (name, bundle) => ({
  name: `alias of ${OFFICIAL} in ${name}, TanStack AI's adapter`,
  needs: ["tools", "chromium"],
  async run(lab) {
    const folder = makeApp(lab, this.name, { "main.mjs": APP, "out/index.html": PAGE });
    cpSync(path.join(tools, "@tanstack"), path.join(folder, "node_modules/@tanstack"), { recursive: true });
    await bundle(folder);
    return seen(lab, this.name, { folder: path.join(folder, "out") });
  },
});

const alias = { [OFFICIAL]: "fal-wasm" };

async function withEsbuild(folder) {
  const { build } = await import("esbuild");
  /** @type {import("esbuild").BuildOptions} */
  const options = { absWorkingDir: folder, entryPoints: { main: "main.mjs" }, outdir: "out", bundle: true, format: "esm", splitting: true, logLevel: "error" };
  await build({ ...options, alias });
}

async function withVite(folder) {
  const { build } = await import("vite");
  const output = { entryFileNames: "main.js" };
  await build({ root: folder, configFile: false, logLevel: "error", resolve: { alias }, build: { outDir: "out", emptyOutDir: false, rolldownOptions: { input: path.join(folder, "main.mjs"), output } } });
}

export const rows = [npmOverride, bundled("esbuild", withEsbuild), bundled("Vite", withVite)];

// The lines that the README recommends for typed calls of all endpoints.
const JOIN = `import type { EndpointTypeMap as OfficialEndpoints } from "@fal-ai/client/endpoints";
declare module "fal-wasm" { interface EndpointTypeMap extends OfficialEndpoints {} }
`;

export const checks = [
  {
    name: `the sources of TanStack AI's adapter compile with an alias of ${OFFICIAL}`,
    needs: ["tools"],
    async check(lab) {
      const folder = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-alias-"));
      try {
        mkdirSync(path.join(folder, "node_modules"));
        cpSync(path.join(lab.installed, "node_modules/fal-wasm"), path.join(folder, "node_modules/fal-wasm"), { recursive: true });
        for (const name of ["@tanstack", "@ag-ui", "@standard-schema", "zod", OFFICIAL]) {
          cpSync(path.join(tools, name), path.join(folder, "node_modules", name), { recursive: true });
        }
        cpSync(path.join(tools, "@tanstack/ai-fal/src"), path.join(folder, "src"), { recursive: true });
        writeFileSync(path.join(folder, "join.d.ts"), `${JOIN}declare global { const Buffer: { from(bytes: ArrayBuffer): { toString(encoding: string): string } } }\n`);
        const compilerOptions = { moduleResolution: "bundler", module: "esnext", paths: { [OFFICIAL]: ["./node_modules/fal-wasm/dist/index.d.ts"] } };
        assert.equal(await compile(folder, "7", { compilerOptions, files: ["src/index.ts", "join.d.ts"] }), "");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
