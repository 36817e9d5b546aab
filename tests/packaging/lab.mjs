// The things that rows need: the packed package, an emulator, the collector, and a folder for each app.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../support/emulator.mjs";
import { closeBrowsers, open } from "./browsers.mjs";
import { startCollector } from "./collector.mjs";
import { start } from "./processes.mjs";
import { serve } from "./static.mjs";

const here = fileURLToPath(new URL("./", import.meta.url));
const repository = path.join(here, "../..");
// Inside this folder, so that apps find the tools in the folder above them.
const apps = path.join(here, ".apps");

/** The folder with the tools' packages. */
export const tools = path.join(here, "node_modules");

/** The path of a tool's command. */
export const tool = (name) => path.join(tools, ".bin", name);

/** Packs and installs the package, and starts the servers that apps call. */
export async function startLab() {
  mkdirSync(apps, { recursive: true });
  const folder = path.join(apps, `run-${process.pid}`);
  mkdirSync(folder);
  const { tarball, installed } = packAndInstall(folder);
  const emulator = await startEmulator();
  const collector = await startCollector();
  return {
    tarball,
    installed,
    folder,
    emulator,
    collector,
    async stop() {
      await closeBrowsers();
      await collector.stop();
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Packs the package into `folder` and installs the tarball there, as users get it.
 * @param {string} folder
 */
export function packAndInstall(folder) {
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: repository });
  const tarball = path.join(folder, String(readdirSync(folder).find((name) => name.endsWith(".tgz"))));
  const installed = path.join(folder, "installed");
  mkdirSync(installed);
  writeFileSync(path.join(installed, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const options = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  execFileSync("npm", ["install", ...options, tarball], { cwd: installed });
  return { tarball, installed };
}

/**
 * Makes an app from these files, the scenario, and the installed package.
 * @returns {string} its folder
 */
export function makeApp(lab, row, files) {
  const folder = path.join(lab.folder, row.replaceAll(/\W+/g, "-"));
  // Copy the installed package: npm would need a second to install it for each app.
  cpSync(lab.installed, folder, { recursive: true });
  writeScenario(lab, row, folder, files);
  return folder;
}

/** Writes these files and the scenario into the folder of an app. */
export function writeScenario(lab, row, folder, files, emulator = lab.emulator.url) {
  cpSync(path.join(here, "app"), folder, { recursive: true });
  const addresses = { EMULATOR: emulator, REPORT: lab.collector.address(row) };
  const lines = Object.entries(addresses).map(([name, url]) => `export const ${name} = ${JSON.stringify(url)};\n`);
  for (const [name, text] of Object.entries({ "addresses.mjs": lines.join(""), ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/**
 * Serves a folder, opens a page of it in a browser, and waits for its report.
 * @param {any} lab
 * @param {string} row
 * @param {{ folder: string, browser?: string, page?: string, headers?: Record<string, string>, breaks?: (path: string) => boolean }} circumstances
 */
export async function seen(lab, row, { folder, browser = "chromium", page = "/", headers, breaks }) {
  const server = await serve(folder, headers, breaks);
  try {
    return await seenAt(lab, row, `${server.url}${page}`, browser);
  } finally {
    await server.stop();
  }
}

/** Opens a page in a browser and waits for its report. */
export async function seenAt(lab, row, url, browser = "chromium") {
  const shown = await open(browser, url);
  try {
    return await lab.collector.report(row, shown.broken);
  } finally {
    await shown.close();
  }
}

/** Runs a program and waits for its report. */
export async function told(lab, row, command, args, options) {
  const program = start(command, args, options);
  // If it exits with 0, keep waiting: its report may be read only later.
  const failed = program.ended.then((code) => (code === 0 ? new Promise(() => {}) : program.broken));
  try {
    return await lab.collector.report(row, failed);
  } finally {
    await program.stop();
  }
}
