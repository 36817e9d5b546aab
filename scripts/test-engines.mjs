// `npm run test:engines` runs the tests that open a page in Firefox and in WebKitGTK. Arguments select engines, and files by
// part of their names: `npm run test:engines -- webkit follow`.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { buildForPages } from "./emulator.mjs";
import { firefoxWithVideo, nodeModules, webKitWithDriver } from "./setup.mjs";
import { StepError, main, root, step } from "./steps.mjs";
import { assertPassed, runFiles } from "./test-files.mjs";

/** Tests that open a page import one of these modules, which work in every engine. */
const OPENS_A_PAGE = /from "\.\/support\/(client|page|realtime|saved)\.mjs"/;

/** Tests that open pages but run only in Chromium, each with the reason. */
const CHROMIUM_ONLY = {
  "credentials.test.mjs": "it looks at requests to fal's own hosts, which it answers itself in the browser",
  "guard.test.mjs": "it is about the emulator's answers, and opens tabs of its own in the browser",
  "inspector.test.mjs": "it is about a page of the emulator, and asks much of the driver: colour schemes, touch, files that are saved",
  "many-jobs.test.mjs": "it counts the streams that Chromium's connections carry",
  "offline.test.mjs": "it gives the page a host name of its own by Chromium's switches",
  "readme-page.test.mjs": "it is about the README, and answers for a CDN in the browser",
  "resilience.test.mjs": "it loses answers in the browser, on their way to the page",
};

/** The setup of each engine. It returns the environment for the tests. */
const ENGINES = {
  firefox: async () => ({ FIREFOX_PATH: await firefoxWithVideo() }),
  webkit: async () => {
    const { browser, driver } = await webKitWithDriver();
    return { WEBKIT_PATH: browser, WEBKIT_DRIVER: driver };
  },
};

await main(async () => {
  const words = process.argv.slice(2);
  const engines = Object.keys(ENGINES).filter((name) => words.includes(name));
  const parts = words.filter((word) => !(word in ENGINES));
  const files = pageTests().filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  if (files.length === 0) throw new StepError(`There is no test of a page named like ${parts.join(", ")}.`);
  await nodeModules();
  await buildForPages();
  for (const [name, reason] of Object.entries(CHROMIUM_ONLY)) console.log(`Not in other engines: ${name}, as ${reason}.`);
  const done = [];
  for (const engine of engines.length > 0 ? engines : Object.keys(ENGINES)) {
    const env = { ...(await ENGINES[engine]()), FAL_ENGINE: engine };
    await step(`The tests of pages in ${engine}`, async () => done.push(...(await runFiles(files, { env, isVerbose: parts.length > 0 }))));
  }
  assertPassed(done);
});

/** The test files that open pages. Excludes those that measure: their limits are Chromium's. */
function pageTests() {
  const names = readdirSync(path.join(root, "tests")).filter((name) => name.endsWith(".test.mjs") && !name.endsWith(".alone.test.mjs"));
  const isOfPages = (name) => OPENS_A_PAGE.test(readFileSync(path.join(root, "tests", name), "utf8"));
  return names.filter((name) => !(name in CHROMIUM_ONLY) && isOfPages(name)).sort().map((name) => path.join("tests", name));
}
