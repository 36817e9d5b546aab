// `npm run test:examples` runs the example apps, in Rust and in JavaScript, in Chromium against the emulator. They need frameworks
// that the package does not need, so `npm test` leaves them out. Arguments select files by part of their names:
// `npm run test:examples -- servers`.

import { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildForPages } from "./emulator.mjs";
import { buildExamples } from "./examples.mjs";
import { exampleTools, nodeModules } from "./setup.mjs";
import { StepError, main, root, step } from "./steps.mjs";
import { assertPassed, runFiles } from "./test-files.mjs";

const FOLDER = "tests/examples";

await main(async () => {
  const words = process.argv.slice(2);
  const isWanted = (name) => words.length === 0 || words.some((word) => name.includes(word));
  const names = readdirSync(path.join(root, FOLDER)).filter((name) => name.endsWith(".test.mjs") && isWanted(name));
  if (names.length === 0) throw new StepError(`There is no test of the examples named like ${words.join(", ")}.`);
  await nodeModules();
  await exampleTools();
  await buildExamples(await buildForPages());
  const files = names.map((name) => path.join(FOLDER, name));
  await step("The examples in Chromium", async () =>
    assertPassed(await runFiles(files, { atOnce: os.availableParallelism() + 1, isVerbose: words.length > 0 })),
  );
});
