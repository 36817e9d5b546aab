import assert from "node:assert/strict";

/** What a promise is rejected with; fails the test if it is not. */
export function failure(promise) {
  const succeeded = (value) => assert.fail(`no error, but ${JSON.stringify(value)}`);
  return promise.then(succeeded, (error) => error);
}
