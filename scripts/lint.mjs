// Formats and lints of the Rust code, natively and for wasm, and the types of js/ and scripts/. A warning fails.

import { wasmArgs } from "./build.mjs";
import { rustTools } from "./setup.mjs";
import { run, step, unlessFresh } from "./steps.mjs";

const SOURCES = ["Cargo.toml", "Cargo.lock", "src", "tests/web", "tests/rust-app", "emulator", "js", "scripts", "tsconfig.json", "package-lock.json"];
const DENY = ["--", "-D", "warnings"];

/** Checks the code, unless it has not changed since it was clean. */
export async function lint({ cargo, env, version }) {
  await rustTools({ cargo });
  const isNew = await unlessFresh("lint", SOURCES, [version], [], () =>
    step("Formats, lints and types", async () => {
      await run("npm", ["run", "--silent", "typecheck"]);
      await run(cargo, ["fmt", "--all", "--check"], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "--all-targets", ...DENY], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "-p", "fal-wasm", "--lib", "--tests", "--features", "npm", ...wasmArgs, ...DENY], { env });
    }),
  );
  if (!isNew) console.log("• The code is as linted before");
}
