// Finds keys in wrong places. A key may appear only in the `Authorization` of requests to fal's own hosts, and to the proxy
// that the app configured together with the key.

/** The paths that may get a key, as in the emulator's records: fal's services that take one, and the proxy. */
const TRUSTED = /^\/(queue\.fal\.run\/|fal\.run\/|rest\.fal\.ai\/|rest\.alpha\.fal\.ai\/|api\/fal\/proxy$)/;

/**
 * - `calls`: the page's calls, with their errors and updates
 * - `records`: the emulator's records. Of an `Authorization` they say only that it was there
 * - `misplaced`: requests in which the page's own `fetch` found the key in a wrong place
 * - `said`: lines of the console
 */
export function keyProblems({ calls, records, misplaced, said, key }) {
  const problems = misplaced.map((request) => `sent: ${request}`);
  const look = (what, value) => JSON.stringify(value ?? null).includes(key) && problems.push(`in ${what}`);
  for (const { marker, errors, updates, result } of calls) {
    look(`an error of ${marker}`, errors);
    look(`an update of ${marker}`, updates);
    look(`the result of ${marker}`, result);
  }
  for (const line of said) look("the console", line);
  for (const record of records) {
    look(`a request to ${record.path}`, record);
    if (record.headers.authorization && !TRUSTED.test(record.path)) problems.push(`authorization: ${record.method} ${record.path}`);
  }
  return problems;
}
