// Publishes packed npm packages: those that others need first, and none that the registry has already, so that a
// release that broke off can be run again.
//
// node scripts/publish-npm.mjs FOLDER…    each with tarballs

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

/** The packages, each after the optional dependencies that are among them. */
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
  // npm prints nothing of a version that is missing, and E404 of a package that is.
  if (status === 0) return stdout.trim() !== "";
  if (/\bE404\b/.test(stderr)) return false;
  throw new StepError(`The registry does not say whether it has ${spec}:\n${stderr}`);
}
