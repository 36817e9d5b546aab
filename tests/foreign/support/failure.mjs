import assert from "node:assert/strict";

/** Resolves with the error of a promise. If the promise does not reject, the test fails. */
export function failure(promise) {
  const succeeded = (value) => assert.fail(`no error, but ${JSON.stringify(value)}`);
  return promise.then(succeeded, (error) => error);
}
