// Builds the Rust app of the tests, as its developer would: cargo, then wasm-bindgen.

import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { wasmArgs, wasmTargetDir } from "./build.mjs";
import { wasmBindgen } from "./setup.mjs";
import { root, run, step, unlessFresh } from "./steps.mjs";

const NAME = "fal-wasm-rust-app";
const SOURCE = "tests/rust-app";
/** The folder with the app's page and all that belongs to it. */
const BUILT = "target/rust-app";

/** Builds the app with this compiler, unless nothing changed. */
export async function buildRustApp(compiler) {
  const bin = await wasmBindgen(compiler);
  const sources = ["src", SOURCE, "Cargo.toml", "Cargo.lock", "scripts/rust-app.mjs"];
  const outputs = ["index.html", "start.js", "app.js", "app_bg.wasm"].map((name) => `${BUILT}/${name}`);
  const built = await unlessFresh("rust-app", sources, [compiler.version, wasmArgs], outputs, () =>
    step("Building the Rust app of the tests", () => compile(compiler, bin)),
  );
  if (!built) console.log("• The Rust app of the tests is up to date");
}

/** In the dev profile, as the boundary tests are: the standard library is built once for both. */
async function compile({ cargo, env }, bin) {
  await run(cargo, ["build", "-p", NAME, "--locked", "--quiet", ...wasmArgs], { env });
  const module = path.join(wasmTargetDir, "wasm32-unknown-unknown", "debug", `${NAME}.wasm`);
  const folder = path.join(root, BUILT);
  rmSync(folder, { recursive: true, force: true });
  const glue = ["--target", "web", "--no-typescript", "--out-name", "app", "--out-dir", folder];
  await run(path.join(bin, "wasm-bindgen"), [...glue, module]);
  for (const name of ["index.html", "start.js"]) cpSync(path.join(root, SOURCE, name), path.join(folder, name));
}
