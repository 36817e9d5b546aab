// Serves the two packages and these tests' modules to the pages.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/conformance/page/kit.mjs"></script>';

/**
 * Returns a function that serves the files of a page. `/package/index.js` is the official client in lanes named `theirs-…`,
 * or in all lanes with `itself`. In other lanes it is the built package.
 */
export async function packageFiles({ itself = false } = {}) {
  if (!existsSync(path.join(root, "dist/index.js"))) throw new Error("There is no dist/index.js: run npm run build first.");
  const official = await bundleOfficial();
  return async (lane, url) => {
    const { pathname } = new URL(url, "https://page.test");
    if (pathname === "/") return { type: "text/html", body: PAGE };
    if (pathname === "/package/index.js" && (itself || lane.startsWith("theirs-"))) return { type: TYPES[".js"], body: official };
    if (pathname.startsWith("/package/")) return file("dist", pathname.slice("/package/".length));
    if (pathname.startsWith("/conformance/")) return file("tests/conformance", pathname.slice("/conformance/".length));
    return undefined;
  };
}

async function bundleOfficial() {
  // The official client is CommonJS, and `export *` exports nothing from CommonJS. Name the exports.
  const names = Object.keys(createRequire(import.meta.url)("@fal-ai/client"));
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(", ")} } from "@fal-ai/client";`, resolveDir: root },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

async function file(folder, name) {
  const body = await readFile(path.join(root, folder, name)).catch(() => null);
  return { type: TYPES[path.extname(name)] ?? "application/octet-stream", body };
}
