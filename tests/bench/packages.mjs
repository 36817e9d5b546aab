// Bundles the three lanes for pages, minified by esbuild with the options of scripts/size.mjs. A package that imports a
// part of itself dynamically is split there.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The lanes: the floor (bare platform code), the official client, this package. */
export const LANES = ["floor", "theirs", "ours"];
const BUNDLED_LANES = [...LANES, "inline"];
/** The lanes of cold starts: beside them `fal-wasm/inline`, and the files of `fal-wasm` as they are, linked in the page. */
export const COLD_LANES = [...BUNDLED_LANES, "linked"];

const PACKAGES = {
  floor: path.join(root, "tests/bench/page/floor.mjs"),
  theirs: "@fal-ai/client",
  ours: path.join(root, "dist/index.js"),
  inline: path.join(root, "dist/inline.js"),
};

/** An app that makes a call right away. */
const APP = `fal.config({ proxyUrl: "/api/fal/proxy" });
fal.subscribe("emulator/echo", { input: { prompt: "first" } });`;

/** An app that makes a call at a press, and is ready for it at once. */
const PRESS = `fal.config({ proxyUrl: "/api/fal/proxy" });
window.press = () => void fal.subscribe("emulator/echo", { input: { prompt: "first" } });`;
const READY = "window.isReady = true;";
/** This package is ready when its core is there, which the page asks for when it starts, as the README recommends. */
const PRELOADED = `import { preload } from ${JSON.stringify(PACKAGES.ours)};
await preload();
${READY}`;

/** The program of the measured pages. It uses only names that all three packages have, so it does not call `preload`. */
const LIBRARY = `fal.config({ proxyUrl: "/api/fal/proxy" });
window.fal = fal;`;

const html = (body) => `<!doctype html><meta charset="utf-8"><title>bench</title>${body}`;

/**
 * Writes the pages into a folder: `<lane>/cold.html` for cold starts, `<lane>/press.html` for the first call at a press, and
 * `<lane>/index.html` for all other groups.
 */
export async function writePages(folder) {
  if (!existsSync(PACKAGES.ours)) throw new Error("There is no dist/index.js: run npm run build first.");
  for (const lane of BUNDLED_LANES) {
    const target = path.join(folder, lane);
    mkdirSync(target, { recursive: true });
    await bundle(lane, "cold.js", APP, target);
    await bundle(lane, "press.js", `${PRESS}\n${lane === "ours" ? PRELOADED : READY}`, target);
    await bundle(lane, "warm.js", LIBRARY, target);
    writeFileSync(path.join(target, "cold.html"), html('<script type="module" src="cold.js"></script>'));
    writeFileSync(path.join(target, "press.html"), html('<script type="module" src="press.js"></script>'));
    writeFileSync(path.join(target, "index.html"), html('<input type="file"><script type="module" src="warm.js"></script>'));
  }
  writeLinked(path.join(folder, "linked"));
}

/** Writes the page with the package's own files, as a CDN serves them, and links by which the browser fetches all at once. */
function writeLinked(folder) {
  mkdirSync(folder);
  const files = ["index.js", "core.js"];
  for (const file of files) cpSync(path.join(root, "dist", file), path.join(folder, file));
  const links = files.map((file) => `<link rel="modulepreload" href="${file}">`).join("");
  writeFileSync(path.join(folder, "cold.html"), html(`${links}<script type="module">import { fal } from "./index.js";\n${APP}</script>`));
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
