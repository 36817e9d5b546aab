// `npm run build:dev` builds the package in dist/ for its developers: with plain stable Rust, without an optimiser, with
// source maps. It takes seconds after a change. `npm run build` builds the package as it is published.

import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { MODULE_CRATE, WASM_TARGET, wasmArgs, writeTypes } from "./build.mjs";
import { buildReadable, bundle } from "./entries.mjs";
import { nodeModules, rust, wasmBindgen, wasmStandardLibrary } from "./setup.mjs";
import { main, root, run, step } from "./steps.mjs";

const targetDir = path.join(root, "target", "wasm-dev");
const glueDir = path.join(targetDir, "glue");

/** Builds a package that developers can read and debug. */
export async function buildForDevelopment(compiler) {
  const { cargo, env } = compiler;
  const bin = await wasmBindgen(compiler);
  const hasLibrary = await wasmStandardLibrary(compiler);
  // If the toolchain has no standard library for wasm, build it from source. This happens once.
  const target = hasLibrary ? ["--target", WASM_TARGET, "--target-dir", targetDir] : wasmArgs;
  const folder = hasLibrary ? targetDir : wasmArgs[wasmArgs.indexOf("--target-dir") + 1];
  await step("Compiling the client to WebAssembly, not optimised", () => run(cargo, ["rustc", ...MODULE_CRATE, "--locked", ...target], { env }));
  mkdirSync(glueDir, { recursive: true });
  const module = path.join(folder, WASM_TARGET, "debug", "fal_wasm.wasm");
  const glue = ["--target", "web", "--omit-default-module-path", "--no-typescript", "--keep-debug", "--out-dir", glueDir];
  await run(path.join(bin, "wasm-bindgen"), [...glue, module]);
  await step("Bundling the package, with source maps", () => bundle(glueDir, path.join(glueDir, "fal_wasm_bg.wasm"), buildReadable));
  await step("Checking and writing the types", writeTypes);
  // dist/ no longer holds the published build. Remove its fingerprint, so that `npm run build` builds it again.
  rmSync(path.join(root, "target", "package.fingerprint"), { force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await nodeModules();
    await buildForDevelopment(await rust());
  });
}
