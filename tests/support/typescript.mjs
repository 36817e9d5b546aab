// Checks the types of programs with the project's TypeScript. It keeps the results, and does not check a program again that has not
// changed since the last run.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** TypeScript's compiler, to be run with Node. */
export const tsc = path.join(root, "node_modules/typescript/bin/tsc");

/**
 * Checks a project. Returns the compiler's messages: an empty text if the types are right.
 * @param {string} project the path of its folder or of its tsconfig.json
 * @param {...string} options of the compiler
 */
export function checkTypes(project, ...options) {
  const name = createHash("sha256").update(JSON.stringify([project, options])).digest("hex").slice(0, 16);
  const results = path.join(root, "target/types", `${name}.tsbuildinfo`);
  // Other files of tests run at the same time: threads of its own would only cost more.
  const args = [tsc, "-p", project, "--singleThreaded", "--incremental", "--tsBuildInfoFile", results, ...options];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" }).stdout;
}
