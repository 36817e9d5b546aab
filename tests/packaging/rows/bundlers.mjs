// Bundlers whose own servers are not tested. Their output is served as plain files.

import path from "node:path";
import { makeApp, seen } from "../lab.mjs";
import { versionOf } from "../versions.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title><script type="module" src="./main.js"></script>`;
const main = (library) => `import "./watch.mjs";
import { fal } from "${library}";
import { runScenario } from "./scenario.mjs";
runScenario(fal);
`;

/** A row for a bundler. `bundle` writes into the folder `out` of the app, which already contains the page. */
const bundled = (name, needs, bundle, library = "fal-wasm") => ({
  name,
  needs: [...needs, "chromium"],
  async run(lab) {
    const folder = makeApp(lab, name, { "app.mjs": main(library), "out/index.html": PAGE });
    await bundle(folder, path.join(folder, "out"));
    return seen(lab, name, { folder: path.join(folder, "out") });
  },
});

async function withWebpack(folder, out) {
  const { default: webpack } = await import("webpack");
  const options = { mode: "production", context: folder, entry: "./app.mjs", output: { path: out, filename: "main.js" } };
  const stats = await new Promise((resolve, reject) => {
    const compiler = webpack(options, (error, stats) => compiler.close(() => (error ? reject(error) : resolve(stats))));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
}

async function withRollup(folder, out) {
  const [{ rollup }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);
  const bundle = await rollup({ input: path.join(folder, "app.mjs"), plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: out, format: "es", entryFileNames: "main.js" });
  await bundle.close();
}

const withEsbuild = (options) => async (folder, outdir) => {
  const { build } = await import("esbuild");
  const entryPoints = { main: path.join(folder, "app.mjs") };
  await build({ entryPoints, bundle: true, minify: true, format: "esm", outdir, logLevel: "error", ...options });
};

/** The rows that need only the repository's own packages. */
export const esbuildRows = [
  bundled("esbuild 0.28", [], withEsbuild({ splitting: true })),
  bundled("esbuild 0.28, one file", [], withEsbuild({ splitting: false })),
];

export const rows = [
  bundled(`webpack ${versionOf("webpack", 1)}`, ["tools"], withWebpack),
  bundled(`Rollup ${versionOf("rollup", 1)}`, ["tools"], withRollup),
  ...esbuildRows,
];
