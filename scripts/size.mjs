// What a user downloads, next to the official client bundled and minified the same way.
// `npm run size` prints the table; past the limits it fails.

import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildPackage, optimised } from "./build.mjs";
import { nodeModules, rust } from "./setup.mjs";
import { StepError, main, root } from "./steps.mjs";

/** Limits in bytes of brotli. */
const TOTAL_LIMIT = 34_000;
const BLOCKING_LIMIT = 5_000;

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

function measured(bytes) {
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes).length };
}

/** The sizes in bytes: raw, gzip, brotli, of each part. */
export async function sizes() {
  const dist = (name) => readFileSync(path.join(root, "dist", name));
  const wasm = readFileSync(optimised);
  const core = dist("core.js");
  const face = dist("index.js");
  // The core file is the glue around the string that holds the module.
  const text = core.toString("utf8");
  const start = text.indexOf('("\\0asm') + 1;
  const glue = Buffer.from(text.slice(0, start) + text.slice(text.indexOf('",', start)));
  const sum = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });
  return {
    wasm: measured(wasm),
    glue: measured(glue),
    face: measured(face),
    total: sum(measured(core), measured(face)),
    official: measured(await officialBundle()),
  };
}

async function officialBundle() {
  const { build } = await import("esbuild");
  const result = await build({
    stdin: { contents: 'import { fal } from "@fal-ai/client"; globalThis.fal = fal;', resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    legalComments: "none",
    write: false,
  });
  return result.outputFiles[0].contents;
}

/** Prints the table; throws past a limit. */
export async function reportSizes() {
  const { wasm, glue, face, total, official } = await sizes();
  const rows = [
    ["wasm, inside core.js", wasm],
    ["glue, the rest of core.js", glue],
    ["face, index.js: blocks the page", face],
    ["total (index.js + core.js)", total],
    ["@fal-ai/client 1.10.1, import { fal }", official],
  ];
  console.log(`${"bytes".padEnd(40)}${["raw", "gzip", "brotli"].map((head) => head.padStart(10)).join("")}`);
  for (const [name, size] of rows) {
    const cells = [size.raw, size.gzip, size.brotli].map((n) => n.toLocaleString("en").padStart(10));
    console.log(name.padEnd(40) + cells.join(""));
  }
  if (total.brotli > TOTAL_LIMIT) throw new StepError(`The total is over its limit of ${TOTAL_LIMIT} bytes of brotli.`);
  if (face.brotli > BLOCKING_LIMIT) throw new StepError(`What blocks the page is over its limit of ${BLOCKING_LIMIT} bytes of brotli.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildPackage(await rust());
    await reportSizes();
  });
}
