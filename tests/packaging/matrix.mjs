// The rows in their order, and the table of them in docs/runtimes.md.

import { frame, readPart, writePart } from "../../scripts/docs.mjs";
import { checks as packageChecks } from "./checks.mjs";
import { checks as aliasChecks, rows as aliases } from "./rows/aliases.mjs";
import { rows as bundlers } from "./rows/bundlers.mjs";
import { checks as emulatorChecks } from "./rows/emulator.mjs";
import { rows as jest } from "./rows/jest.mjs";
import { rows as next } from "./rows/next.mjs";
import { rows as pages } from "./rows/pages.mjs";
import { rows as parcel } from "./rows/parcel.mjs";
import { checks as policyChecks, rows as policy } from "./rows/policy.mjs";
import { rows as runtimes } from "./rows/runtimes.mjs";
import { checks as scriptChecks, rows as script } from "./rows/script.mjs";
import { checks as typeChecks } from "./rows/typescript.mjs";
import { rows as vite } from "./rows/vite.mjs";
import { rows as workers } from "./rows/workers.mjs";
import { checks as workerdChecks, rows as workerd } from "./rows/workerd.mjs";
import { versionOf } from "./versions.mjs";

const TOOLS = ["bun", "deno", "esbuild", "jest", "next", "parcel", "rollup", "vite", "vite7", "webpack", "workerd"];

/** Every row. Each runs `subscribe` and `upload` in another environment. */
export const rows = [...pages, ...script, ...policy, ...workers, ...vite, ...bundlers, ...parcel, ...next, ...runtimes, ...jest, ...workerd, ...aliases];

/** Every check of the package that is not a row. */
export const checks = [...packageChecks, ...typeChecks, ...scriptChecks, ...policyChecks, ...workerdChecks, ...aliasChecks, ...emulatorChecks];

/** Writes the table to docs/runtimes.md, after a run in which every row passed. */
export const writeMatrix = () => writePart("matrix", table());

/** The part of docs/runtimes.md that shows the table, for the present rows and tools. */
export const matrix = () => frame("matrix", table());

function table() {
  const versions = TOOLS.map((tool) => `${tool.replace(/\d+$/, "")} ${versionOf(tool)}`).join(", ");
  const lines = rows.map(({ name }) => `| ${name} | yes | yes |`);
  return ["| Where | `subscribe` | `upload` |", "|---|---|---|", ...lines, "", `Run with ${versions}.`, ""].join("\n");
}

/** The part that the last whole run wrote. Returns undefined if the page has none. */
export const writtenMatrix = () => readPart("matrix");
