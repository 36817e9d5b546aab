// Where a key was seen that has no business there. It may be in one place only: the `Authorization` of
// requests to fal's own hosts, and to the proxy that the app named beside the key.

/** The services of fal that take a key, and the proxy, as the emulator's records name their paths. */
const TRUSTED = /^\/(queue\.fal\.run\/|fal\.run\/|rest\.fal\.ai\/|rest\.alpha\.fal\.ai\/|api\/fal\/proxy$)/;

/**
 * - `calls`: of the page, with its errors and updates
 * - `records`: the emulator's; of an `Authorization`, they say only that there was one
 * - `misplaced`: what the page's own `fetch` noticed
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
