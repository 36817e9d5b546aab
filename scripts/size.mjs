// Measures the size of a user's download, and of the official client, bundled and minified the same way.
// `npm run size` prints the table and fails if a limit is exceeded. `--write` writes the table to docs/measurements.md.

import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildPackage } from "./build.mjs";
import { buildSmall, literal } from "./entries.mjs";
import { writePart } from "./docs.mjs";
import { nodeModules, rust } from "./setup.mjs";
import { StepError, main, root } from "./steps.mjs";

/** Limits in bytes of brotli: for everything except realtime and the journal; for the code that blocks a page; for the hook. */
const TOTAL_LIMIT = 38_100;
const BLOCKING_LIMIT = 5_800;
const REACT_LIMIT = 1_500;

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

function measure(bytes) {
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes).length };
}

/** The size of each part in bytes: raw, gzip, brotli. */
export async function sizes() {
  const dist = (name) => readFileSync(path.join(root, "dist", name));
  const wasm = dist("core.wasm");
  const core = dist("core.js");
  const face = dist("index.js");
  // core.js consists of the glue and a string that contains the module.
  const [before, after] = core.toString("utf8").split(literal(wasm));
  const glue = Buffer.from(`${before}""${after}`);
  const sum = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });
  const call = sum(measure(core), measure(face));
  const parts = measure(dist("parts.js"));
  return {
    wasm: measure(wasm),
    glue: measure(glue),
    face: measure(face),
    call,
    parts,
    total: sum(call, parts),
    realtime: measure(dist("realtime.js")),
    journal: measure(dist("journal.js")),
    script: measure(dist("fal.global.js")),
    react: measure(dist("react.js")),
    webhook: measure(dist("webhook.js")),
    official: measure(await officialBundle()),
  };
}

async function officialBundle() {
  const stdin = { contents: 'import { fal } from "@fal-ai/client"; globalThis.fal = fal;', resolveDir: root };
  return Buffer.from(await buildSmall({ stdin, platform: "browser" }));
}

/** The table for docs/measurements.md, in kB of 1000 bytes. */
export function sizeTable({ wasm, glue, face, call, parts, total, realtime, journal, script, react, webhook, official }) {
  const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/@fal-ai/client/package.json"), "utf8"));
  const rows = [
    ["`index.js`: what blocks a page before the first call", face],
    ["`core.js`, at the first call: WebAssembly", wasm],
    ["`core.js`, at the first call: glue", glue],
    ["**these two files**: all that most pages load", call],
    ["`parts.js`, at the first file of more than 90 MiB", parts],
    ["**total**, without realtime and journal", total],
    ["`realtime.js`, at the first `realtime.connect`", realtime],
    ["`journal.js`, at the first call with `persist`", journal],
    ["`fal.global.js`, the plain script: all of these in one", script],
    ["`react.js`, of `fal-wasm/react`, with the page's own code", react],
    ["`webhook.js`, of `fal-wasm/webhook`, on servers", webhook],
    [`\`@fal-ai/client\` ${version}, all of it blocking`, official],
  ];
  const kB = (bytes) => (bytes / 1000).toFixed(1);
  const lines = rows.map(([name, { raw, gzip, brotli }]) => `| ${name} | ${kB(raw)} | ${kB(gzip)} | ${kB(brotli)} |`);
  const limits = `\`npm test\` fails past ${kB(TOTAL_LIMIT)} kB of brotli in total, ${kB(BLOCKING_LIMIT)} kB before the first call, or ${kB(REACT_LIMIT)} kB of the hook.`;
  return ["| kB | raw | gzip | brotli |", "|---|---|---|---|", ...lines, "", limits, ""].join("\n");
}

/** Prints the table. Throws if a limit is exceeded. */
export async function reportSizes() {
  const measured = await sizes();
  const { total, face, react } = measured;
  console.log(sizeTable(measured));
  console.log(`In bytes of brotli: ${total.brotli} in total, ${face.brotli} before the first call, ${react.brotli} of the hook.`);
  if (total.brotli > TOTAL_LIMIT) throw new StepError(`The total is over its limit of ${TOTAL_LIMIT} bytes of brotli.`);
  if (face.brotli > BLOCKING_LIMIT) throw new StepError(`What blocks the page is over its limit of ${BLOCKING_LIMIT} bytes of brotli.`);
  if (react.brotli > REACT_LIMIT) throw new StepError(`The hook is over its limit of ${REACT_LIMIT} bytes of brotli.`);
  return measured;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildPackage(await rust());
    const measured = await reportSizes();
    if (process.argv.includes("--write")) writePart("sizes", sizeTable(measured));
  });
}
