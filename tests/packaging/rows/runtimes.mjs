// Programs outside of browsers.

import { makeApp, told, tool } from "../lab.mjs";

const MAIN = `import { fal } from "fal-wasm";
import { runScenario } from "./scenario.mjs";
await runScenario(fal);
`;
const REQUIRE = `const { fal } = require("fal-wasm");
import("./scenario.mjs").then(({ runScenario }) => runScenario(fal));
`;

/** @type {(name: string, needs: string[], command: string, args: string[], files?: Record<string, string>) => { name: string, needs: string[], run(lab: any): Promise<any> }} */
const program = (name, needs, command, args, files = { "main.mjs": MAIN }) => ({
  name,
  needs,
  run: (lab) => told(lab, name, command, args, { cwd: makeApp(lab, name, files) }),
});

/** The rows that need nothing but this Node. */
export const nodeRows = [
  program("Node", [], process.execPath, ["main.mjs"]),
  program("Node, require()", [], process.execPath, ["main.cjs"], { "main.cjs": REQUIRE }),
];

export const rows = [
  ...nodeRows,
  program("Deno", ["tools"], tool("deno"), ["run", "--allow-net", "--allow-read", "--allow-env", "main.mjs"]),
  program("Bun", ["tools"], tool("bun"), ["run", "main.mjs"]),
];
