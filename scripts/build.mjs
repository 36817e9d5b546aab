// Builds the npm package into dist/: the Rust client as WebAssembly, its glue, and the
// JavaScript around them with its types.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { nodeModules, rust, wasmBindgen } from "./setup.mjs";
import { StepError, main, output, root, run, step, unlessFresh } from "./steps.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
/** Where all wasm builds go, apart from the native ones. */
export const wasmTargetDir = path.join(root, "target", "wasm");
/** What every wasm build takes beside its own arguments. */
export const wasmArgs = ["--target", WASM_TARGET, "--target-dir", wasmTargetDir, "-Zbuild-std=std,panic_abort"];

// Never --all-features: it emits an encoding that no engine takes.
const WASM_OPT = [
  "-Oz",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
  // Prints which short name stands for which, as JSON.
  "--minify-imports-and-exports-and-modules",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

// A panic is a bare trap, and no file names of this machine travel with the module.
const FLAGS = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

// What no public type refers to.
const INTERNAL_TYPES = ["config.d.ts", "loader.d.ts"];

const OUTPUTS = ["dist/index.js", "dist/index.d.ts", "dist/core.js"];

/** Builds dist/ with this compiler, unless nothing changed. */
export async function buildPackage(compiler) {
  const bin = await wasmBindgen(compiler);
  const sources = ["src", "js", "Cargo.toml", "Cargo.lock", "package-lock.json", "tsconfig.json", "scripts/build.mjs"];
  const built = await unlessFresh("package", sources, [compiler.version], OUTPUTS, async () => {
    await step("Compiling the client to WebAssembly", () => compile(compiler, bin));
    await step("Bundling the package", bundle);
    await step("Checking and writing the types", writeTypes);
  });
  if (!built) console.log("• The package in dist/ is up to date");
}

const glueDir = path.join(wasmTargetDir, "glue");
/** The module as it travels in the package. */
export const optimised = path.join(glueDir, "core.wasm");

async function compile({ cargo, env }, bin) {
  await run(cargo, ["build", "-p", "fal-wasm", "--lib", "--features", "npm", "--profile", "wasm", "--locked", ...wasmArgs], {
    env: { ...env, RUSTFLAGS: FLAGS },
  });
  const module = path.join(wasmTargetDir, WASM_TARGET, "wasm", "fal_wasm.wasm");
  const glue = ["--target", "web", "--omit-default-module-path", "--no-typescript", "--out-dir", glueDir];
  await run(path.join(bin, "wasm-bindgen"), [...glue, module]);
  const wasmOpt = path.join(root, "node_modules/.bin/wasm-opt");
  const names = output(wasmOpt, [path.join(glueDir, "fal_wasm_bg.wasm"), "-o", optimised, ...WASM_OPT]);
  if (!names) throw new StepError("wasm-opt failed.");
  shortenNames(JSON.parse(names));
  if (!WebAssembly.validate(readFileSync(optimised))) throw new StepError("The optimised module is not valid WebAssembly.");
}

/** Gives the glue the short names that wasm-opt gave the module's imports and exports. */
function shortenNames({ imports, exports }) {
  const file = path.join(glueDir, "fal_wasm.js");
  let glue = readFileSync(file, "utf8");
  const swap = (from, to) => {
    if (!glue.includes(from)) throw new StepError(`The glue has no ${from}: wasm-bindgen writes it differently now.`);
    glue = glue.replaceAll(from, () => to);
  };
  for (const [, name, short] of imports) swap(`        ${name}: `, `        ${short}: `);
  const isExport = new Map(exports);
  glue = glue.replace(/\bwasm\.(\w+)/g, (whole, name) => (isExport.has(name) ? `wasm.${isExport.get(name)}` : whole));
  // There is one module to import from, and its short name is the first one.
  swap(`"./fal_wasm_bg.js": import0`, `a: import0`);
  writeFileSync(file, glue);
}

async function bundle() {
  const dist = path.join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  const { build } = await import("esbuild");
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" };
  const entryPoints = [path.join(root, "js/index.ts")];
  await build({ ...options, entryPoints, outfile: path.join(dist, "index.js"), external: ["./core.js"] });
  const stdin = { contents: CORE, resolveDir: glueDir, sourcefile: "core.js" };
  const result = await build({ ...options, stdin, write: false });
  const glue = result.outputFiles[0].text;
  const wasm = readFileSync(optimised);
  writeFileSync(path.join(dist, "core.js"), glue.replace('"WASM"', () => literal(wasm)));
}

async function writeTypes() {
  await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."]);
  for (const name of INTERNAL_TYPES) rmSync(path.join(root, "dist", name));
  for (const name of readdirSync(path.join(root, "dist")).filter((name) => name.endsWith(".d.ts"))) {
    // The compiler leaves the sources' own extensions, which older ones do not follow.
    const file = path.join(root, "dist", name);
    writeFileSync(file, readFileSync(file, "utf8").replace(/from "(\.\/\w+)\.ts"/g, 'from "$1.js"'));
  }
}

// The module travels within JavaScript: no second address, MIME type or bundler setting.
const CORE = `
import { cancel, initSync, result, status, submit, subscribe, upload } from "./fal_wasm.js";
export default async () => {
  const bytes = Uint8Array.from("WASM", (c) => c.charCodeAt(0));
  initSync({ module: await WebAssembly.compile(bytes) });
  return { cancel, result, status, submit, subscribe, upload };
};
`;

/** Bytes as a string literal of the code points 0 to 255, which compresses like the bytes. */
function literal(bytes) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" };
  const text = bytes.toString("latin1");
  return `"${text.replace(/[\\"\n\r]|\0(?!\d)/g, (c) => escapes[c]).replace(/\0/g, "\\x00")}"`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildPackage(await rust());
  });
}
