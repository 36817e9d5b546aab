// Programs outside browsers.

import { oldestNode } from "../../../scripts/setup.mjs";
import { makeApp, told, tool } from "../lab.mjs";
import { WEBHOOK_MAIN, webhookFiles } from "../webhook.mjs";

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

/** A program that also verifies a webhook of the emulator. The webhook is a file in its folder. */
const server = (name, needs, command, args) => ({
  name: `${name}, fal-wasm/webhook`,
  needs,
  async run(lab) {
    const files = { "main.mjs": WEBHOOK_MAIN, ...(await webhookFiles(lab)) };
    return told(lab, this.name, command, args, { cwd: makeApp(lab, this.name, files) });
  },
});

const DENO = ["run", "--allow-net", "--allow-read", "--allow-env", "main.mjs"];

/** The rows that need only this Node. */
export const nodeRows = [
  program("Node", [], process.execPath, ["main.mjs"]),
  program("Node, require()", [], process.execPath, ["main.cjs"], { "main.cjs": REQUIRE }),
  server("Node", [], process.execPath, ["main.mjs"]),
];

const oldNode = (name, args, files) => ({
  name,
  needs: ["oldestNode"],
  run: async (lab) => program(name, [], await oldestNode(), args, files).run(lab),
});

export const rows = [
  ...nodeRows,
  oldNode("Node 18", ["main.mjs"]),
  oldNode("Node 18, require()", ["main.cjs"], { "main.cjs": REQUIRE }),
  program("Deno", ["tools"], tool("deno"), DENO),
  server("Deno", ["tools"], tool("deno"), DENO),
  program("Bun", ["tools"], tool("bun"), ["run", "main.mjs"]),
  server("Bun", ["tools"], tool("bun"), ["run", "main.mjs"]),
];
