// The deliberate differences from @fal-ai/client. An entry here must explain each difference that a run finds, and a run must
// find each entry. docs/differences.md is generated from these entries.
import * as errors from "./errors.mjs";
import * as extras from "./extras.mjs";
import * as money from "./money.mjs";
import * as realtime from "./realtime.mjs";
import * as results from "./results.mjs";
import * as retries from "./retries.mjs";
import * as safety from "./safety.mjs";

const THEMES = [money, safety, errors, retries, results, realtime, extras];

/**
 * - `id`: the name that scenarios use in `differs`
 * - `here`, `there`: the behaviour of the two packages; `because`: the advantage for users
 * - `at`: the places in an observation that may differ. Without it, the scenarios that name the entry must also check what
 *   both packages did
 * - `holds`: whether a difference is really this one
 * - `everywhere`: applies to all scenarios, not only to those that name it
 */
export const differences = THEMES.flatMap((theme) => theme.differences);

/** The tables of docs/differences.md, one for each theme. */
export function markdown() {
  const tables = THEMES.map(({ title, differences }) => {
    const rows = differences.map(({ here, there, because }) => `| ${here} | ${there} | ${because} |`);
    return [`**${title}**`, "", "| Here | In `@fal-ai/client` | Because |", "|---|---|---|", ...rows, ""].join("\n");
  });
  return tables.join("\n");
}
