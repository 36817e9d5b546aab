// Builds the example apps in Rust for the tests, as a developer without Trunk would: with cargo, wasm-bindgen and a page.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { WASM_TARGET, wasmArgs, wasmTargetDir } from "./build.mjs";
import { wasmBindgen } from "./setup.mjs";
import { StepError, root, run, step, unlessFresh } from "./steps.mjs";

/** The examples in Rust: the names of their folders in examples/. */
export const EXAMPLES = ["leptos", "yew"];

/** The crate name of an example. */
export const crateOf = (name) => `fal-wasm-example-${name}`;

/** The folder with an example's page and all its files. */
export const builtExample = (name) => `target/examples/${name}`;

/** Builds the examples in Rust with this compiler. Skips those that have not changed. */
export async function buildExamples(compiler) {
  const bin = await wasmBindgen(compiler);
  for (const name of EXAMPLES) {
    const sources = ["src", `examples/${name}`, "Cargo.toml", "Cargo.lock", "scripts/examples.mjs"];
    const outputs = ["index.html", "start.js", "app.js", "app_bg.wasm"].map((file) => `${builtExample(name)}/${file}`);
    const isNew = await unlessFresh(`example-${name}`, sources, [compiler.version, wasmArgs], outputs, () =>
      step(`Building the example for ${name}`, () => build(compiler, bin, name)),
    );
    if (!isNew) console.log(`• The example for ${name} is up to date`);
  }
}

/**
 * Uses the dev profile, as the boundary tests do, so that the standard library is built only once. Builds each example
 * separately: an app must not compile only because another app enables a feature that it forgot.
 */
async function build({ cargo, env }, bin, name) {
  await run(cargo, ["build", "-p", crateOf(name), "--locked", "--quiet", ...wasmArgs], { env });
  const module = path.join(wasmTargetDir, WASM_TARGET, "debug", `${crateOf(name)}.wasm`);
  const folder = path.join(root, builtExample(name));
  rmSync(folder, { recursive: true, force: true });
  const glue = ["--target", "web", "--no-typescript", "--out-name", "app", "--out-dir", folder];
  await run(path.join(bin, "wasm-bindgen"), [...glue, module]);
  writePage(path.join(root, "examples", name), folder);
}

/** Writes the page as Trunk does, but with the script in a file, because the emulator's policy forbids inline scripts. */
function writePage(source, folder) {
  const page = readFileSync(path.join(source, "index.html"), "utf8")
    .replaceAll(/<link data-trunk rel="css" href="([\w.]+)">/g, (_, file) => {
      cpSync(path.join(source, file), path.join(folder, file));
      return `<link rel="stylesheet" href="${file}">`;
    })
    .replace('<link data-trunk rel="rust">', '<script type="module" src="start.js"></script>');
  if (page.includes("data-trunk")) throw new StepError(`${source}/index.html asks Trunk for more than scripts/examples.mjs does.`);
  writeFileSync(path.join(folder, "index.html"), page);
  writeFileSync(path.join(folder, "start.js"), 'import init from "./app.js";\n\nawait init();\n');
}
