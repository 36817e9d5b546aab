// What formatters and linters find in the Rust code, natively and for wasm. A warning fails.

import { wasmArgs } from "./build.mjs";
import { rustTools } from "./setup.mjs";
import { run, step, unlessFresh } from "./steps.mjs";

const SOURCES = ["Cargo.toml", "Cargo.lock", "src", "tests/web", "tests/rust-app", "emulator", "scripts/lint.mjs"];
const DENY = ["--", "-D", "warnings"];

/** Checks the code, unless it has not changed since it was clean. */
export async function lintRust({ cargo, env, version }) {
  await rustTools({ cargo });
  const isNew = await unlessFresh("lint", SOURCES, [version], [], () =>
    step("Format and lints of the Rust code", async () => {
      await run(cargo, ["fmt", "--all", "--check"], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "--all-targets", ...DENY], { env });
      await run(cargo, ["clippy", "--locked", "--quiet", "-p", "fal-wasm", "--lib", "--tests", "--features", "npm", ...wasmArgs, ...DENY], { env });
    }),
  );
  if (!isNew) console.log("• The Rust code is as linted before");
}
