// The parts of docs/ that commands write: tables, each between two comments that name it.
// tests/reference.test.mjs checks that they are there and up to date.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StepError, root } from "./steps.mjs";

/** Each part: the page that holds it, and the npm script that writes it. */
const PARTS = {
  differences: { page: "docs/differences.md", script: "test:conformance" },
  matrix: { page: "docs/runtimes.md", script: "test:packaging" },
  sizes: { page: "docs/measurements.md", script: "size" },
  measures: { page: "docs/measurements.md", script: "bench" },
};

const begin = (name) => `<!-- The ${name}, written by npm run ${PARTS[name].script} -->`;
const end = (name) => `<!-- End of the ${name} -->`;

/** A part as its page has to hold it: the text, which ends with a line break, between its comments. */
export const framed = (name, text) => `${begin(name)}\n${text}${end(name)}\n`;

/** The part of this name in its page, with its comments; undefined where the page has none. */
export const readPart = (name) => partIn(readFileSync(path.join(root, PARTS[name].page), "utf8"), name);

/** The part of this name in a Markdown text, with its comments; undefined where it has none. */
export function partIn(markdown, name) {
  const from = markdown.indexOf(begin(name));
  const to = markdown.indexOf(end(name), from);
  return from < 0 || to < 0 ? undefined : `${markdown.slice(from, to)}${end(name)}\n`;
}

/** Puts a text into its page in place of the part of this name. */
export function writePart(name, text) {
  const { page } = PARTS[name];
  const file = path.join(root, page);
  const markdown = readFileSync(file, "utf8");
  const part = partIn(markdown, name);
  if (!part) throw new StepError(`${page} has no place for the ${name}: put ${begin(name)} and ${end(name)} where they belong.`);
  writeFileSync(file, markdown.replace(part, () => framed(name, text)));
}
