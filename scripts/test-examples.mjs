// `npm run test:examples` runs the example apps, in Rust and in JavaScript, in Chromium against the emulator. They need frameworks
// that the package does not need, so `npm test` leaves them out. Arguments select files by part of their names:
// `npm run test:examples -- servers`.

import os from "node:os";
import { buildForPages } from "./emulator.mjs";
import { buildExamples } from "./examples.mjs";
import { exampleTools, nodeModules } from "./setup.mjs";
import { StepError, main, step } from "./steps.mjs";
import { assertPassed, runFiles, testFilesIn } from "./test-files.mjs";

await main(async () => {
  const words = process.argv.slice(2);
  const files = testFilesIn("tests/examples", words);
  if (files.length === 0) throw new StepError(`There is no test of the examples named like ${words.join(", ")}.`);
  await nodeModules();
  await exampleTools();
  await buildExamples(await buildForPages());
  await step("The examples in Chromium", async () =>
    assertPassed(await runFiles(files, { atOnce: os.availableParallelism() + 1, isVerbose: words.length > 0 })),
  );
});
