// Compiles the programs of a documentation page, as their readers would.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { checkTypes } from "./typescript.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Makes a folder for programs before the tests of the calling suite, and removes it after them. The folder is inside the
 * package's own folder, where the package's name resolves to dist/, as it does for users.
 * @param {string} name of the folder
 * @param {string} declarations a file of tests/types that declares the values around the programs
 * @returns a function that compiles programs, by their file names, and returns the compiler's messages
 */
export function startCompiler(name, declarations) {
  const folder = path.join(root, "target", name);
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  let calls = 0;
  return function compile(/** @type {Record<string, string>} */ programs, compilerOptions = {}) {
    const files = [...Object.keys(programs), `../../tests/types/${declarations}`];
    // Each call has its own name, so that the next run finds the results of the same call.
    const project = path.join(folder, `tsconfig.${++calls}.json`);
    writeFileSync(project, JSON.stringify({ extends: "../../tests/types/tsconfig.base.json", compilerOptions, files }));
    for (const [file, code] of Object.entries(programs)) writeFileSync(path.join(folder, file), `${code}\nexport {};\n`);
    return checkTypes(project);
  };
}
