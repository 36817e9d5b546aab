// Programs that a page of documentation shows, checked by the compiler as programs of their readers.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A folder for programs, made before the tests of the suite that asks for it, and removed after them. It is in the
 * package's own folder, where the package's name leads to dist/ as it does for its users.
 * @param {string} name of the folder
 * @param {string} declarations a file of tests/types that declares the values around the programs
 * @returns a function that compiles programs, by their file names, and gives the messages of the compiler
 */
export function startCompiler(name, declarations) {
  const folder = path.join(root, "target", name);
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  return function compile(/** @type {Record<string, string>} */ programs, compilerOptions = {}) {
    const files = [...Object.keys(programs), `../../tests/types/${declarations}`];
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tests/types/tsconfig.base.json", compilerOptions, files }));
    for (const [file, code] of Object.entries(programs)) writeFileSync(path.join(folder, file), `${code}\nexport {};\n`);
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    return spawnSync(process.execPath, [tsc, "-p", folder], { cwd: root, encoding: "utf8" }).stdout;
  };
}
