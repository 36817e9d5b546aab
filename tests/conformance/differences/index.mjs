// Where this package differs from @fal-ai/client on purpose. Each difference that a run finds must be
// explained by an entry here, each entry must be found; docs/differences.md is made of it.
import * as errors from "./errors.mjs";
import * as extras from "./extras.mjs";
import * as money from "./money.mjs";
import * as realtime from "./realtime.mjs";
import * as results from "./results.mjs";
import * as retries from "./retries.mjs";
import * as safety from "./safety.mjs";

const THEMES = [money, safety, errors, retries, results, realtime, extras];

/**
 * - `id`: how scenarios name it in `differs`
 * - `here`, `there`: what the packages do; `because`: why a user is better off
 * - `at`: the places in an observation that it may change; where it is left out, scenarios that name it
 *   must also check what both packages did
 * - `holds`: whether one such difference is really this one
 * - `everywhere`: stands for all scenarios, not only those that name it
 */
export const differences = THEMES.flatMap((theme) => theme.differences);

/** The tables as docs/differences.md has them, one for each theme. */
export function markdown() {
  const tables = THEMES.map(({ title, differences }) => {
    const rows = differences.map(({ here, there, because }) => `| ${here} | ${there} | ${because} |`);
    return [`**${title}**`, "", "| Here | In `@fal-ai/client` | Because |", "|---|---|---|", ...rows, ""].join("\n");
  });
  return tables.join("\n");
}
