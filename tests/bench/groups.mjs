// The groups of rows, by their names in `npm run bench`.
import * as cold from "./cold.mjs";
import * as calls from "./calls.mjs";
import * as results from "./results.mjs";
import * as latency from "./latency.mjs";
import * as many from "./many.mjs";
import * as uploads from "./uploads.mjs";
import * as streams from "./streams.mjs";

/**
 * Each group has `rows` (`what` is measured, in which `unit`, and the `aim` for this package) and `measure(bench)`, which
 * returns the cells of all lanes by the id of the row.
 */
export const groups = { cold, calls, results, latency, many, uploads, streams };

/** All rows, in their order. */
export const allRows = Object.values(groups).flatMap(({ rows }) => /** @type {import("./table.mjs").Row[]} */ (rows));
