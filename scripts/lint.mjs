// Checks the format and the lints of the Rust code, natively and for wasm, and the lints and types of the JavaScript and
// TypeScript. A warning fails the check.

import { wasmArgs } from "./build.mjs";
import { EXAMPLES, crateOf } from "./examples.mjs";
import { rustTools } from "./setup.mjs";
import { run, step, unlessFresh } from "./steps.mjs";

const RUST = ["Cargo.toml", "Cargo.lock", "src", "emulator", "examples"];
const JAVASCRIPT = ["js", "scripts", "www", "inline.js", "slim.js", "tsconfig.json", ".oxlintrc.json", "package.json", "package-lock.json"];
const SOURCES = [...RUST, ...JAVASCRIPT, "tests"];
const DENY = ["--", "-D", "warnings"];

/** Checks the code, unless it has not changed since the last check that passed. */
export async function lint({ cargo, env, version }) {
  await rustTools({ cargo });
  const isNew = await unlessFresh("lint", SOURCES, [version], [], () =>
    step("Formats, lints and types", async () => {
      await run("npm", ["run", "--silent", "typecheck"]);
      await run("npm", ["run", "--silent", "lint"]);
      await run(cargo, ["fmt", "--all", "--check"], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "--all-targets", ...DENY], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "-p", "fal-wasm", "--lib", "--tests", "--features", "npm", ...wasmArgs, ...DENY], { env });
      const examples = EXAMPLES.flatMap((name) => ["-p", crateOf(name)]);
      await run(cargo, ["clippy", "--locked", "--quiet", ...examples, ...wasmArgs, ...DENY], { env });
    }),
  );
  if (!isNew) console.log("• The code is as linted before");
}
