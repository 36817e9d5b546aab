// Copies of the examples, with the package as users get it, and their servers.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { packAndInstall } from "../../packaging/lab.mjs";
import { run, start } from "../../packaging/processes.mjs";
import { until } from "../../support/client.mjs";

/** The folder of the tools. Copies are in it, so that they find the tools. */
export const here = fileURLToPath(new URL("../", import.meta.url));
const examples = path.join(here, "../../examples");
const hook = new URL("./lead-to-emulator.mjs", import.meta.url).href;

/** A developer's server compiles a page when it is first asked for, which takes its time on a busy machine. */
const STARTS_WITHIN_MS = 120_000;
const ENV = { NO_COLOR: "1", FORCE_COLOR: undefined, NEXT_TELEMETRY_DISABLED: "1" };

/** The text of an example's file. */
export const read = (...parts) => readFileSync(path.join(examples, ...parts), "utf8");

/**
 * A folder for copies of examples, with the packed package.
 *
 * - `copy(name, replacements)`: copies an example. Each replacement is `[file, text, replacement]`, and the file
 *   must contain the text.
 * - `remove()`: removes the folder
 */
export function makeWorkshop() {
  const folder = path.join(here, ".apps", `run-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { installed } = packAndInstall(folder);

  /** @param {[file: string, text: string, replacement: string][]} replacements */
  function copy(name, replacements = []) {
    const app = path.join(folder, name);
    rmSync(app, { recursive: true, force: true });
    cpSync(path.join(installed, "node_modules"), path.join(app, "node_modules"), { recursive: true });
    // A developer's own copy may have been run in place.
    cpSync(path.join(examples, name), app, { recursive: true, filter: (file) => !/[/\\](node_modules|dist|\.next)$/.test(file) });
    for (const [file, text, replacement] of replacements) {
      const before = readFileSync(path.join(app, file), "utf8");
      if (!before.includes(text)) throw new Error(`${name}/${file} has no ${text}`);
      writeFileSync(path.join(app, file), before.replaceAll(text, replacement));
    }
    return app;
  }

  return { folder, copy, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a script of an app's package.json to its end. Throws its output if it fails. */
export const runScript = (app, script, env = {}) => run("npm", ["run", "--silent", script], { cwd: app, env: { ...ENV, ...env } });

/** Checks the types of a folder by its own tsconfig.json. Throws the messages of the compiler. */
export const checkTypes = (folder) => run(path.join(here, "node_modules/.bin/tsc"), ["-p", folder], { cwd: folder });

/**
 * Starts the server of an app by a script of its package.json. Its requests to fal.ai go to the emulator. Resolves
 * with its URL once it answers.
 * @param {string} app the folder
 * @param {string} script
 * @param {{ emulator: string, args?: string[], env?: Record<string, string> }} options
 */
export function startServer(app, script, { args = [], ...options }) {
  return startCommand("npm", ["run", "--silent", script, "--", ...args], { cwd: app, ...options });
}

/** Starts the proxy of proxies/hono.ts, with the page of a copy of the Express example. */
export async function startHono(app, options) {
  const outfile = path.join(app, "hono.mjs");
  const { build } = await import("esbuild");
  await build({ entryPoints: [path.join(here, "proxies/hono.ts")], outfile, format: "esm", logLevel: "error" });
  const args = [outfile, path.join(app, "public/index.html"), path.join(app, "node_modules/fal-wasm/dist")];
  return startCommand(process.execPath, [path.join(here, "support/serve-hono.mjs"), ...args], { cwd: app, ...options });
}

async function startCommand(command, args, { cwd, emulator, env = {} }) {
  const lead = { NODE_OPTIONS: `--import=${hook}`, EMULATOR_URL: emulator };
  const server = start(command, args, { cwd, env: { ...ENV, ...lead, ...env } });
  try {
    const url = await Promise.race([untilReady(server), server.broken]);
    return { url, stop: server.stop, said: server.said };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function untilReady(server) {
  const [url] = await until(() => /http:\/\/(localhost|127\.0\.0\.1):\d+/.exec(server.said()), STARTS_WITHIN_MS);
  const answer = await fetch(url, { signal: AbortSignal.timeout(STARTS_WITHIN_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${server.said()}`);
  await answer.text();
  return url;
}
