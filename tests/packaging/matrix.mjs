// The rows in their order, and the table of them that docs/runtimes.md shows.

import { framed, readPart, writePart } from "../../scripts/docs.mjs";
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

/** Every row: a `subscribe` and an `upload` somewhere. */
export const rows = [...pages, ...script, ...policy, ...workers, ...vite, ...bundlers, ...parcel, ...next, ...runtimes, ...jest, ...workerd, ...aliases];

/** Every check of the package besides. */
export const checks = [...packageChecks, ...typeChecks, ...scriptChecks, ...policyChecks, ...workerdChecks, ...aliasChecks, ...emulatorChecks];

/** Writes the table of a run in which every row passed to docs/runtimes.md. */
export const writeMatrix = () => writePart("matrix", table());

/** The table as docs/runtimes.md has to show it, of the rows and tools of today. */
export const matrix = () => framed("matrix", table());

function table() {
  const versions = TOOLS.map((tool) => `${tool.replace(/\d+$/, "")} ${versionOf(tool)}`).join(", ");
  const lines = rows.map(({ name }) => `| ${name} | yes | yes |`);
  return ["| Where | `subscribe` | `upload` |", "|---|---|---|", ...lines, "", `Run with ${versions}.`, ""].join("\n");
}

/** The table that the last whole run wrote; undefined where the page has none. */
export const writtenMatrix = () => readPart("matrix");
