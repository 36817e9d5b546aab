// `npm run test:bench` and `npm run test:chaos-short` test the tools: that each produces its figures, and counts correctly.
// They are not part of `npm test`, which tests the package.

import { buildForPages } from "./emulator.mjs";
import { nodeModules } from "./setup.mjs";
import { main, step } from "./steps.mjs";
import { assertPassed, runFiles, testFilesIn } from "./test-files.mjs";

const [tool] = process.argv.slice(2);
const folder = `tests/${tool}`;

await main(async () => {
  await nodeModules();
  await buildForPages();
  await step(`The tests of ${folder}`, async () => assertPassed(await runFiles(testFilesIn(folder), { isVerbose: true })));
});
