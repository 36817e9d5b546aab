// The parts of docs/ that commands write: tables, each between two comments with its name. tests/reference.test.mjs
// checks that the parts exist and are up to date.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StepError, root } from "./steps.mjs";

/** Each part: the page that contains it, and the npm script that writes it. */
const PARTS = {
  differences: { page: "docs/differences.md", script: "test:conformance" },
  matrix: { page: "docs/runtimes.md", script: "test:packaging" },
  sizes: { page: "docs/measurements.md", script: "size" },
  measures: { page: "docs/measurements.md", script: "bench" },
};

const begin = (name) => `<!-- The ${name}, written by npm run ${PARTS[name].script} -->`;
const end = (name) => `<!-- End of the ${name} -->`;

/** A part between its comments, as its page must contain it. The text ends with a line break. */
export const frame = (name, text) => `${begin(name)}\n${text}${end(name)}\n`;

/** Reads the part with this name, and its comments, from its page. Returns undefined if the page has no such part. */
export const readPart = (name) => partIn(readFileSync(path.join(root, PARTS[name].page), "utf8"), name);

/** Finds the part with this name, and its comments, in a Markdown text. Returns undefined if the text has no such part. */
export function partIn(markdown, name) {
  const from = markdown.indexOf(begin(name));
  const to = markdown.indexOf(end(name), from);
  return from < 0 || to < 0 ? undefined : `${markdown.slice(from, to)}${end(name)}\n`;
}

/** Replaces the part with this name in its page. */
export function writePart(name, text) {
  const { page } = PARTS[name];
  const file = path.join(root, page);
  const markdown = readFileSync(file, "utf8");
  const part = partIn(markdown, name);
  if (!part) throw new StepError(`${page} has no place for the ${name}: put ${begin(name)} and ${end(name)} where they belong.`);
  writeFileSync(file, markdown.replace(part, () => frame(name, text)));
}
