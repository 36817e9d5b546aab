// The parts of README.md that commands write: tables, each between two comments that name it.
// tests/readme.test.mjs checks that they are there and up to date.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StepError, root } from "./steps.mjs";

const file = path.join(root, "README.md");

/** The parts, and the npm script that writes each of them. */
const SCRIPTS = { differences: "test:conformance", matrix: "test:packaging", sizes: "size", measures: "bench" };

const begin = (name) => `<!-- The ${name}, written by npm run ${SCRIPTS[name]} -->`;
const end = (name) => `<!-- End of the ${name} -->`;

/** README.md as it is. */
export const readme = () => readFileSync(file, "utf8");

/** A part as README.md has to hold it: the text, which ends with a line break, between its comments. */
export const framed = (name, text) => `${begin(name)}\n${text}${end(name)}\n`;

/** The part of this name in a Markdown text, with its comments; undefined where it has none. */
export function partIn(markdown, name) {
  const from = markdown.indexOf(begin(name));
  const to = markdown.indexOf(end(name), from);
  return from < 0 || to < 0 ? undefined : `${markdown.slice(from, to)}${end(name)}\n`;
}

/** Puts a text into README.md in place of the part of this name. */
export function writePart(name, text) {
  const markdown = readme();
  const part = partIn(markdown, name);
  if (!part) throw new StepError(`README.md has no place for the ${name}: put ${begin(name)} and ${end(name)} where they belong.`);
  writeFileSync(file, markdown.replace(part, () => framed(name, text)));
}
