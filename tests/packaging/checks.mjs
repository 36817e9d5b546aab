// Checks of the package besides running it: its manifest, its types, and that a program which uses nothing of the package
// contains nothing of it.

import assert from "node:assert/strict";
import path from "node:path";
import { makeApp, tool } from "./lab.mjs";
import { run } from "./processes.mjs";

/** Enough for a line that prints, but not for a class. */
const NOTHING_BYTES = 60;
/** Enough for the text coders of the generated glue, which are created at import. */
const CODERS_BYTES = 400;
/** MessagePack creates tables at import. `inline` contains them, and bundlers remove them because of `sideEffects`. */
const MESSAGEPACK_BYTES = 5_000;

const ENTRIES = ["fal-wasm", "fal-wasm/inline", "fal-wasm/slim", "fal-wasm/react", "fal-wasm/webhook"];
/** Modules outside the package. */
const OUTSIDE = ["react"];
const UNUSED = (entry) => `import * as all from "${entry}";\nimport "${entry}";\nconsole.log("unused");\n`;

/** publint's findings about the tarball. */
export async function publintFindings(lab) {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: packageIn(lab), pack: false, strict: true });
  return messages;
}

/** Runs attw, which checks the types. Throws its output if it finds a problem. */
export async function attw(lab) {
  await run(tool("attw"), [lab.tarball, "--exclude-entrypoints", "core.wasm"]);
}

/**
 * The size of a program that imports this entry and uses nothing of it, bundled by esbuild.
 * @param {boolean} ignoreAnnotations whether to ignore the package's `sideEffects: false`
 */
export async function unusedInEsbuild(lab, entry, ignoreAnnotations) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: UNUSED(entry), resolveDir: path.join(packageIn(lab), "../..") },
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    outdir: "out",
    write: false,
    external: OUTSIDE,
    ignoreAnnotations,
    logLevel: "silent",
  });
  const output = outputFiles.find((file) => file.path.endsWith("stdin.js"));
  return /** @type {import("esbuild").OutputFile} */ (output).contents.length;
}

/** The same, bundled by Rollup. */
export async function unusedInRollup(lab, entry) {
  const [{ rollup }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);
  const folder = makeApp(lab, `unused in Rollup ${entry}`, { "app.mjs": UNUSED(entry) });
  const bundle = await rollup({ input: path.join(folder, "app.mjs"), external: OUTSIDE, plugins: [nodeResolve()], logLevel: "silent" });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  return output.reduce((sum, { code }) => sum + code.length, 0);
}

const packages = new Map();

/** The folder of the installed package, in an app that all checks share. */
function packageIn(lab) {
  if (!packages.has(lab)) packages.set(lab, path.join(makeApp(lab, "checks", {}), "node_modules/fal-wasm"));
  return packages.get(lab);
}

const check = (name, needs, work) => ({ name, needs, check: work });

const leavesNothing = (tool, needs, measure) =>
  ENTRIES.map((entry) =>
    check(`${entry}, unused, leaves nothing (${tool})`, needs, async (lab) => {
      const bytes = await measure(lab, entry, false);
      assert.ok(bytes < NOTHING_BYTES, `${bytes} bytes are left`);
    }),
  );

/** The checks that need only the repository's own packages. */
export const quickChecks = [
  check("publint", [], async (lab) => assert.deepEqual(await publintFindings(lab), [])),
  ...leavesNothing("esbuild", [], unusedInEsbuild),
  check("sideEffects: false is true: nothing but text coders runs at import", [], async (lab) => {
    for (const entry of ENTRIES) {
      const bytes = await unusedInEsbuild(lab, entry, true);
      const most = entry.endsWith("/inline") ? CODERS_BYTES + MESSAGEPACK_BYTES : CODERS_BYTES;
      assert.ok(bytes < most, `${bytes} bytes of ${entry} are left`);
    }
  }),
];

/** All checks. */
export const checks = [...quickChecks, ...leavesNothing("Rollup", ["tools"], unusedInRollup), check("attw", ["tools"], attw)];
