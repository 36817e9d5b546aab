// The groups of rows, by the names under which `npm run bench` runs them.
import * as cold from "./cold.mjs";
import * as calls from "./calls.mjs";
import * as results from "./results.mjs";
import * as latency from "./latency.mjs";
import * as many from "./many.mjs";
import * as uploads from "./uploads.mjs";
import * as streams from "./streams.mjs";

/**
 * Each has its `rows` (`what` was measured in which `unit`, and the `aim` for this package), and
 * `measure(bench)`, which gives for each row's id the cells of the lanes.
 */
export const groups = { cold, calls, results, latency, many, uploads, streams };

/** All rows, in their order. */
export const allRows = Object.values(groups).flatMap(({ rows }) => /** @type {import("./table.mjs").Row[]} */ (rows));
