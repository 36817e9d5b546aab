// Publishes the crates in target/crates, each after those that it needs, and none that crates.io has already, so that a
// release that broke off can be run again. cargo waits for each until others can be built with it.

import { spawnSync } from "node:child_process";
import { CRATES, cratesFolder } from "./crates.mjs";
import { StepError, main, step } from "./steps.mjs";

const ALREADY_THERE = /crate \S+ already exists on crates\.io index/;

await main(async () => {
  for (const name of CRATES) await step(`Publishing ${name}`, () => publish(name));
});

function publish(name) {
  const { status, error, stderr } = spawnSync("cargo", ["publish", "--locked", "-p", name], { cwd: cratesFolder, encoding: "utf8", stdio: ["ignore", "inherit", "pipe"] });
  process.stderr.write(stderr ?? "");
  if (status === 0) return;
  if (!ALREADY_THERE.test(stderr ?? "")) throw new StepError(`${name} was not published${error ? `: ${error.message}` : ""}.`);
  console.log("  it is published already");
}
