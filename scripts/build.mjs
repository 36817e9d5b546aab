// Builds the npm package into dist/: the Rust client as WebAssembly, wasm-bindgen's glue, and the JavaScript around them
// with its types.

import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { BUNDLES, bundle } from "./entries.mjs";
import { shortenNames } from "./glue.mjs";
import { nodeModules, rust, wasmBindgen } from "./setup.mjs";
import { StepError, main, output, root, run, step, unlessFresh } from "./steps.mjs";

export const WASM_TARGET = "wasm32-unknown-unknown";
/** The folder of all wasm builds. Native builds go into target/ itself. */
export const wasmTargetDir = path.join(root, "target", "wasm");
/** Arguments of every wasm build, besides its own. */
export const wasmArgs = ["--target", WASM_TARGET, "--target-dir", wasmTargetDir, "-Zbuild-std=std,panic_abort"];

// Never --all-features: it emits an encoding that no engine accepts.
const WASM_OPT = [
  "-Oz",
  // The second pass optimises the output of the first one.
  "-Oz",
  // Inlines a function with a single caller only up to this size. Inlining larger ones makes the module 2 % larger.
  "-ocimfs",
  "40",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
  // Prints the old and the new names as JSON.
  "--minify-imports-and-exports-and-modules",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

// A panic traps without a message, and the module contains no file names of this machine.
const FLAGS = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

// Declarations that no public type refers to. They are removed from dist/.
const INTERNAL_TYPES = ["abort.d.ts", "config.d.ts", "core", "early.d.ts", "entries", "facts.d.ts", "fields.d.ts", "global.d.ts", "journal", "load-error.d.ts", "loader.d.ts", "network.d.ts", "react/job.d.ts", "realtime", "realtime-client.d.ts", "report.d.ts", "resolved-config.d.ts", "stop.d.ts", "webhook/ed25519.d.ts", "webhook/keys.d.ts", "webhook/request.d.ts", "without-query.d.ts"];

/** Compiles the crate as a WebAssembly module. By default it is a plain library, so that apps link no second module. */
export const MODULE_CRATE = ["-p", "fal-wasm", "--lib", "--crate-type", "cdylib", "--no-default-features", "--features", "npm"];

const glueDir = path.join(wasmTargetDir, "glue");
/** The module as it is published. */
export const optimised = path.join(glueDir, "core.wasm");
/** The outputs of the first build step, which compiles the Rust side. The second step bundles them. */
const COMPILED = [path.join(glueDir, "fal_wasm.js"), optimised].map((file) => path.relative(root, file));

const WASM_SOURCES = ["src", "Cargo.toml", "Cargo.lock", "package-lock.json", "scripts/build.mjs", "scripts/glue.mjs"];
const BUNDLE_SOURCES = ["js", ...COMPILED, "package-lock.json", "tsconfig.json", "scripts/build.mjs", "scripts/entries.mjs", "scripts/glue.mjs"];
const BUNDLE_OUTPUTS = [...BUNDLES, "dist/index.d.ts"];

/** Builds dist/ with this compiler. It rebuilds the WebAssembly and the bundles separately, and only after a change. */
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

/** Type-checks js/ and writes the public declarations into dist/: as .d.ts for modules, and as .d.cts for `require`. */
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

/** Replaces syntax that older compilers do not know: imports of .ts files, and `export type *`. */
function asOlderCompilersRead(text) {
  return text.replaceAll(/from "(\.\.?\/[\w/-]+)\.ts"/g, 'from "$1.js"').replaceAll(/^export type \* from/gm, "export * from");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildPackage(await rust());
  });
}
