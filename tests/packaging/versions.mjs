// The versions of the tools, read from the lock file.

import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("./package-lock.json", import.meta.url), "utf8"));

/**
 * The version of a tool of this folder.
 * @param {string} tool its name in package.json
 * @param {number} parts how many of its numbers to give
 */
export function versionOf(tool, parts = 3) {
  return packages[`node_modules/${tool}`].version.split(".").slice(0, parts).join(".");
}
