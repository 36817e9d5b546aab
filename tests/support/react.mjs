// Bundles the components of tests/react with a version of React.

import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * For each version of React, the packages with an unusual name.
 * @type {Record<string, Record<string, string>>}
 */
const ALIASES = { 18: { react: "react-18", "react-dom": "react-dom-18" }, 19: {} };

/** The versions of React that the hook is tested with. */
export const VERSIONS = Object.keys(ALIASES);

/**
 * Lets components import the built package. `client` resolves the import of the client itself.
 * @param {import("esbuild").OnResolveResult} client
 * @returns {import("esbuild").Plugin}
 */
const thePackage = (client) => ({
  name: "the package",
  setup(build) {
    build.onResolve({ filter: /^fal-wasm\/react$/ }, () => ({ path: path.join(root, "dist/react.js") }));
    build.onResolve({ filter: /^fal-wasm$/ }, () => client);
    build.onLoad({ filter: /.*/, namespace: "page" }, () => ({ contents: "export const { fal } = globalThis.library;" }));
  },
});

/**
 * Options for React's development build: only there does StrictMode mount twice, and does React warn.
 * @param {string} version
 * @param {import("esbuild").OnResolveResult} client
 * @returns {import("esbuild").BuildOptions}
 */
const options = (version, client) => ({
  bundle: true,
  alias: ALIASES[version],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"development"' },
  plugins: [thePackage(client)],
  logLevel: "error",
});

/**
 * Makes the script that lets a page show panels. In the page, `window.library` must be the package.
 * @param {string} version
 */
export async function pageScript(version) {
  const client = { path: "client", namespace: "page" };
  const made = await build({ ...options(version, client), entryPoints: [path.join(root, "tests/react/page.jsx")], format: "iife", write: false });
  return made.outputFiles[0].text;
}

/**
 * Makes `render(panels)` of a server with this version of React.
 * @param {string} version
 */
export async function serverRender(version) {
  // The file must be inside the repository, where Node finds React's server build.
  const outfile = path.join(root, "target/react", `server-${version}-${process.pid}.mjs`);
  mkdirSync(path.dirname(outfile), { recursive: true });
  const client = { path: pathToFileURL(path.join(root, "dist/index.js")).href, external: true };
  // React's server build is CommonJS and requires Node's modules.
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ ...options(version, client), entryPoints: [path.join(root, "tests/react/server.jsx")], platform: "node", format: "esm", banner, outfile });
  const { render } = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return render;
}
