// The crates as they are published: a copy of the workspace in target/crates. The copy also has the demo page and the
// built package in the emulator's folder, because the emulator's build script reads them there.
// `node scripts/crates.mjs` makes the copy from the present dist/.

import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { EXAMPLES } from "./examples.mjs";
import { StepError, main, root } from "./steps.mjs";

/** The folder of the copy. */
export const cratesFolder = path.join(root, "target/crates");

/** The crates to publish. Each comes after the crates that it depends on. */
export const CRATES = ["fal-wasm", "fal-emulator-render", "fal-emulator"];

/** The members of the workspace among the examples. Those in JavaScript belong to no crate. */
const RUST_EXAMPLES = EXAMPLES.map((name) => `examples/${name}`);

const SOURCES = ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "CHANGELOG.md", "docs/rust.md", "src", "tests/web", "tests/guide.rs", ...RUST_EXAMPLES, "emulator"];

/** Additions to the workspace: the path of each in the copy, and its source. */
const ADDITIONS = [
  ["emulator/LICENSE", "LICENSE"],
  ["emulator/render/LICENSE", "LICENSE"],
  ["emulator/embedded/www", "www"],
  ["emulator/embedded/package", "dist"],
];

/** Updates the copy. Unchanged files keep their modification time, so that cargo does not recompile them. */
export function copyCrates() {
  if (!existsSync(path.join(root, "dist/index.js"))) throw new StepError("There is no package in dist/: run npm run build.");
  const wanted = new Map([...SOURCES.map((source) => [source, source]), ...ADDITIONS].flatMap(([place, source]) => copiesOf(place, source)));
  for (const [place, source] of wanted) copyIfChanged(source, path.join(cratesFolder, place));
  const there = existsSync(cratesFolder) ? filesIn(cratesFolder) : [];
  for (const place of there.filter((place) => !wanted.has(place))) rmSync(path.join(cratesFolder, place));
}

/** The files of a source: the path of each in the copy, and its source path. Omits type declarations: pages do not use them. */
function copiesOf(place, source) {
  const from = path.join(root, source);
  const names = source === "dist" ? filesIn(from).filter((name) => !/\.d\.c?ts$/.test(name)) : filesIn(from);
  return names.map((name) => /** @type {const} */ ([path.join(place, name), path.join(from, name)]));
}

/** The files in a folder and its subfolders, by their paths within it. For a file, one empty path. */
function filesIn(source) {
  if (!statSync(source).isDirectory()) return [""];
  const entries = readdirSync(source, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)));
}

function copyIfChanged(from, to) {
  if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) return;
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    copyCrates();
    console.log(`The crates are in ${path.relative(root, cratesFolder)}.`);
  });
}
