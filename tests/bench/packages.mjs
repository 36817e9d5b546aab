// Bundles the three lanes for pages, minified by esbuild with the options of scripts/size.mjs. A package that imports a
// part of itself dynamically is split there.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The lanes: the floor (bare platform code), the official client, this package. */
export const LANES = ["floor", "theirs", "ours"];
/** The lanes of cold starts: with `fal-wasm/inline` beside `fal-wasm`. */
export const COLD_LANES = [...LANES, "inline"];

const PACKAGES = {
  floor: path.join(root, "tests/bench/page/floor.mjs"),
  theirs: "@fal-ai/client",
  ours: path.join(root, "dist/index.js"),
  inline: path.join(root, "dist/inline.js"),
};

/** An app that makes a call right away. */
const APP = `fal.config({ proxyUrl: "/api/fal/proxy" });
fal.subscribe("emulator/echo", { input: { prompt: "first" } });`;

/** The program of the measured pages. It uses only names that all three packages have, so it does not call `preload`. */
const LIBRARY = `fal.config({ proxyUrl: "/api/fal/proxy" });
window.fal = fal;`;

const html = (body) => `<!doctype html><meta charset="utf-8"><title>bench</title>${body}`;

/** Writes the pages into a folder: `<lane>/cold.html` for cold starts, and `<lane>/index.html` for all other groups. */
export async function writePages(folder) {
  if (!existsSync(PACKAGES.ours)) throw new Error("There is no dist/index.js: run npm run build first.");
  for (const lane of COLD_LANES) {
    const target = path.join(folder, lane);
    mkdirSync(target, { recursive: true });
    await bundle(lane, "cold.js", APP, target);
    await bundle(lane, "warm.js", LIBRARY, target);
    writeFileSync(path.join(target, "cold.html"), html('<script type="module" src="cold.js"></script>'));
    writeFileSync(path.join(target, "index.html"), html('<input type="file"><script type="module" src="warm.js"></script>'));
  }
}

async function bundle(lane, name, program, folder) {
  const contents = `import { fal } from ${JSON.stringify(PACKAGES[lane])};\n${program}`;
  await build({
    stdin: { contents, resolveDir: root, sourcefile: name },
    entryNames: path.parse(name).name,
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    legalComments: "none",
    logLevel: "warning",
  });
}
