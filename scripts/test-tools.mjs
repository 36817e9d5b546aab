// `npm run test:bench` and `npm run test:chaos-short` test the tools: that each produces its figures, and counts correctly.
// They are not part of `npm test`, which tests the package.

import { readdirSync } from "node:fs";
import path from "node:path";
import { buildForPages } from "./emulator.mjs";
import { nodeModules } from "./setup.mjs";
import { main, root, step } from "./steps.mjs";
import { assertPassed, runFiles } from "./test-files.mjs";

const [tool] = process.argv.slice(2);
const folder = path.join("tests", tool);

await main(async () => {
  await nodeModules();
  await buildForPages();
  const files = readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  await step(`The tests of ${folder}`, async () => assertPassed(await runFiles(files.map((name) => path.join(folder, name)), { isVerbose: true })));
});
