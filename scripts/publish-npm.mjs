// Publishes packed npm packages, each after its dependencies. Skips packages that the registry already has, so that an
// interrupted release can be run again.
//
// node scripts/publish-npm.mjs FOLDER…    folders with tarballs

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { StepError, main, run, step } from "./steps.mjs";

await main(async () => {
  const folders = process.argv.slice(2);
  const tarballs = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".tgz")).map((name) => path.resolve(folder, name)));
  if (tarballs.length === 0) throw new StepError(`There are no tarballs in ${folders.join(", ") || "no folder"}.`);
  const packages = tarballs.map((tarball) => ({ tarball, ...manifestOf(tarball) }));
  for (const each of inOrder(packages)) await publish(each);
});

function manifestOf(tarball) {
  return JSON.parse(execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" }));
}

/** Sorts the packages: each comes after its optional dependencies. */
function inOrder(packages) {
  const needed = new Set(packages.flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies)));
  const missing = [...needed].filter((name) => !packages.some((each) => each.name === name));
  if (missing.length > 0) throw new StepError(`These are needed and not packed: ${missing.join(", ")}.`);
  return [...packages.filter(({ name }) => needed.has(name)), ...packages.filter(({ name }) => !needed.has(name))];
}

async function publish({ tarball, name, version }) {
  if (isPublished(`${name}@${version}`)) return console.log(`• ${name} ${version} is published already`);
  await step(`Publishing ${name} ${version}`, () => run("npm", ["publish", tarball, "--access", "public", "--provenance"]));
}

function isPublished(spec) {
  const { status, stdout, stderr } = spawnSync("npm", ["view", spec, "version"], { encoding: "utf8" });
  // npm prints nothing if the version is missing, and E404 if the package is missing.
  if (status === 0) return stdout.trim() !== "";
  if (/\bE404\b/.test(stderr)) return false;
  throw new StepError(`The registry does not say whether it has ${spec}:\n${stderr}`);
}
