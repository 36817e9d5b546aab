// Starts what the tests of a file use before them, and stops it after them.

import { after, before } from "node:test";

/**
 * Starts something before the tests of the file or suite, and stops it after them. Hooks for each test may use it. Another
 * `before` hook may not: at the top of a file, Node runs these hooks at once.
 * @template {{ stop?: () => unknown }} Started
 * @param {() => Promise<Started>} start
 * @returns {Started} its fields are there from the first hook on
 */
export function startBeforeTests(start) {
  const started = /** @type {Started} */ ({});
  before(async () => void Object.assign(started, await start()));
  after(() => started.stop?.());
  return started;
}
