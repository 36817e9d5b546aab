// Runs the tests of the official JavaScript client again, with this package in its place, as with an alias of a bundler.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
const alias = new URL("./support/alias.mjs", import.meta.url).href;

/** The test files, each with the tests that this package fails on purpose. The table of differences explains them. */
const FILES = {
  "fal-client.test.mjs": [],
  "fal-client-errors.test.mjs": [],
  "fal-client-streams.test.mjs": [],
  // This package sends several parts at a time.
  "fal-client-storage.test.mjs": ["a file of more than 90 MiB is stored in parts, one of them at the second attempt"],
  // Connection errors have other messages, and a refused token is a 401.
  "fal-client-realtime.test.mjs": [
    "an error of the app is an ApiError, and the connection lives on",
    "a close that is no normal one is an ApiError with its code",
    "a token that was forged opens no socket that gives results",
  ],
};

/** Runs a test file. Returns the names of the tests that passed and of those that failed. */
async function run(file) {
  // Remove this variable: otherwise the inner test runner would report to the outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, ["--import", alias, "--test-reporter=tap", path.join(here, file)], { env, stdio: ["ignore", "pipe", "inherit"] });
  const said = await text(child.stdout);
  const named = (mark) => Array.from(said.matchAll(new RegExp(`^ *${mark} \\d+ - (.*)$`, "gm")), ([, name]) => name);
  return { passed: named("ok"), failed: named("not ok") };
}

for (const [file, differing] of Object.entries(FILES)) {
  test(`${file} passes with this package as @fal-ai/client${differing.length > 0 ? ", apart from documented differences" : ""}`, async () => {
    const { passed, failed } = await run(file);
    assert.deepEqual(failed, differing);
    assert.notEqual(passed.length, 0);
  });
}
