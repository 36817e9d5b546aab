// Publishes the crates in target/crates, each after its dependencies. Skips crates that crates.io already has, so that an
// interrupted release can be run again. cargo waits until each published crate can be downloaded.

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
