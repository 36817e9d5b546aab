// Builds the npm package into dist/: the Rust client as WebAssembly, its glue, and the
// JavaScript around them with its types.

import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { BUNDLES, bundle } from "./entries.mjs";
import { shortenNames } from "./glue.mjs";
import { nodeModules, rust, wasmBindgen } from "./setup.mjs";
import { StepError, main, output, root, run, step, unlessFresh } from "./steps.mjs";

export const WASM_TARGET = "wasm32-unknown-unknown";
/** Where all wasm builds go, apart from the native ones. */
export const wasmTargetDir = path.join(root, "target", "wasm");
/** What every wasm build takes beside its own arguments. */
export const wasmArgs = ["--target", WASM_TARGET, "--target-dir", wasmTargetDir, "-Zbuild-std=std,panic_abort"];

// Never --all-features: it emits an encoding that no engine takes.
const WASM_OPT = [
  "-Oz",
  // Once more: the second time sees what the first made.
  "-Oz",
  // A function that is called once is not always smaller where it is called: 2 % of the module.
  "-ocimfs",
  "40",
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
const INTERNAL_TYPES = ["abort.d.ts", "config.d.ts", "core", "early.d.ts", "entries", "facts.d.ts", "fields.d.ts", "global.d.ts", "journal", "load-error.d.ts", "loader.d.ts", "network.d.ts", "react/job.d.ts", "realtime", "realtime.d.ts", "report.d.ts", "stop.d.ts", "webhook/ed25519.d.ts", "webhook/keys.d.ts", "webhook/request.d.ts"];

/** The crate as a WebAssembly module. The crate itself is a library, so that an app never links a second module. */
export const MODULE_CRATE = ["-p", "fal-wasm", "--lib", "--crate-type", "cdylib", "--no-default-features", "--features", "npm"];

const glueDir = path.join(wasmTargetDir, "glue");
/** The module as it travels in the package. */
export const optimised = path.join(glueDir, "core.wasm");
/** What the first step makes of the Rust side, and the second one bundles. */
const COMPILED = [path.join(glueDir, "fal_wasm.js"), optimised].map((file) => path.relative(root, file));

const WASM_SOURCES = ["src", "Cargo.toml", "Cargo.lock", "package-lock.json", "scripts/build.mjs", "scripts/glue.mjs"];
const BUNDLE_SOURCES = ["js", ...COMPILED, "package-lock.json", "tsconfig.json", "scripts/build.mjs", "scripts/entries.mjs", "scripts/glue.mjs"];
const BUNDLE_OUTPUTS = [...BUNDLES, "dist/index.d.ts"];

/** Builds dist/ with this compiler: what has changed of it, the WebAssembly and the bundles each by themselves. */
export async function buildPackage(compiler) {
  const bin = await wasmBindgen(compiler);
  const compiled = await unlessFresh("wasm", WASM_SOURCES, [compiler.version], COMPILED, () =>
    step("Compiling the client to WebAssembly", () => compile(compiler, bin)));
  const bundled = await unlessFresh("package", BUNDLE_SOURCES, [], BUNDLE_OUTPUTS, async () => {
    await step("Bundling the package", () => bundle(glueDir, optimised));
    await step("Checking and writing the types", writeTypes);
  });
  if (!compiled && !bundled) console.log("• The package in dist/ is up to date");
}

async function compile({ cargo, env }, bin) {
  await run(cargo, ["rustc", ...MODULE_CRATE, "--profile", "wasm", "--locked", ...wasmArgs], {
    env: { ...env, RUSTFLAGS: FLAGS },
  });
  const module = path.join(wasmTargetDir, WASM_TARGET, "wasm", "fal_wasm.wasm");
  const glue = ["--target", "web", "--omit-default-module-path", "--no-typescript", "--out-dir", glueDir];
  await run(path.join(bin, "wasm-bindgen"), [...glue, module]);
  const wasmOpt = path.join(root, "node_modules/.bin/wasm-opt");
  const names = output(wasmOpt, [path.join(glueDir, "fal_wasm_bg.wasm"), "-o", optimised, ...WASM_OPT]);
  if (!names) throw new StepError("wasm-opt failed.");
  shortenNames(glueDir, JSON.parse(names));
  if (!WebAssembly.validate(readFileSync(optimised))) throw new StepError("The optimised module is not valid WebAssembly.");
}

/** Type-checks js/ and writes the public declarations into dist/: for modules, and once more for `require`. */
export async function writeTypes() {
  await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."]);
  for (const name of INTERNAL_TYPES) rmSync(path.join(root, "dist", name), { recursive: true });
  const emitted = /** @type {string[]} */ (readdirSync(path.join(root, "dist"), { recursive: true }));
  for (const name of emitted.filter((name) => name.endsWith(".d.ts"))) {
    const file = path.join(root, "dist", name);
    const text = asOlderCompilersRead(readFileSync(file, "utf8"));
    writeFileSync(file, text);
    writeFileSync(file.replace(/ts$/, "cts"), text.replaceAll(/^(?! *\*)(.*from "\.[^"]*)\.js"/gm, '$1.cjs"'));
  }
}

/** A declaration without what older compilers do not know: the sources' extensions, and `export type *`. */
function asOlderCompilersRead(text) {
  return text.replaceAll(/from "(\.\.?\/[\w/-]+)\.ts"/g, 'from "$1.js"').replaceAll(/^export type \* from/gm, "export * from");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildPackage(await rust());
  });
}
