// The licenses of the crates in the emulator's program. They must be shipped with the program.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { StepError } from "./steps.mjs";

const LICENSE_FILE = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;
/** Folders in which crates keep the licenses of their C and C++ code. */
const BUNDLED_SOURCES = ["", "upstream"];
const MOST_OUTPUT_BYTES = 64 << 20;

/**
 * The names and license texts of all crates in the program.
 * @param {{cargo: string, env: Record<string, string | undefined>}} compiler
 * @param {string} folder of the workspace
 */
export function thirdPartyLicenses({ cargo, env }, folder) {
  const ask = (args) => execFileSync(cargo, [...args, "--locked"], { cwd: folder, encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: MOST_OUTPUT_BYTES });
  const tree = ask(["tree", "-p", "fal-emulator", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
  const names = new Set(Array.from(tree.matchAll(/^(\S+) v(\S+)/gm), ([, name, version]) => `${name} ${version}`));
  // Without a platform, cargo would fetch crates that only other systems need.
  const host = /^host: (.*)$/m.exec(execFileSync(cargo, ["-vV"], { encoding: "utf8", env: { ...process.env, ...env } }))?.[1] ?? "";
  const { packages } = JSON.parse(ask(["metadata", "--format-version", "1", "--filter-platform", host]));
  const foreign = packages.filter(({ name, version, source }) => source && names.has(`${name} ${version}`));
  return noticesOf(foreign.map(({ name, version, license, manifest_path }) => ({ name: `${name} ${version}`, license, texts: textsIn(path.dirname(manifest_path)) })));
}

function textsIn(folder) {
  const folders = BUNDLED_SOURCES.map((name) => path.join(folder, name)).filter((each) => existsSync(each));
  const files = folders.flatMap((each) => readdirSync(each, { withFileTypes: true }).filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name)).map(({ name }) => path.join(each, name)));
  return files.sort().map((file) => readFileSync(file, "utf8").replaceAll("\r\n", "\n").trim());
}

/**
 * All license texts in one. Crates with the same texts share a notice.
 * @param {{name: string, license: string | null, texts: string[]}[]} crates
 */
export function noticesOf(crates) {
  const unknown = crates.filter(({ license, texts }) => !license && texts.length === 0).map(({ name }) => name);
  if (unknown.length > 0) throw new StepError(`Nothing says under which license these are: ${unknown.join(", ")}.`);
  const byText = new Map();
  for (const { name, license, texts } of crates.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const text = texts.join("\n\n");
    byText.set(text, [...(byText.get(text) ?? []), license ? `${name} (${license})` : name]);
  }
  const notices = Array.from(byText, ([text, names]) => `${names.join("\n")}\n\n${text}`.trim());
  return `fal-emulator is made with the Rust crates below.\n\n${notices.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
