// Checks the links in the README and docs/, and the sections of the protocol that comments cite: each must exist.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { filesIn, read, root } from "../scripts/steps.mjs";

/** The folders whose comments cite the protocol. */
const FOLDERS = ["src", "js", "emulator", "examples", "tests", "scripts", "www", "docs"];
const TEXTS = /\.(rs|ts|mjs|js|md|toml|html|css)$/;
/** A citation of the protocol. Sections of an RFC have the same sign, and are excluded. */
const CITATION = /(?<!RFC \d+ )§(\d+(?:\.\d+)*)/g;

const pages = ["README.md", ...filesIn("docs").filter((name) => name.endsWith(".md"))];
const headings = (text) => Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading]) => heading);
const slug = (heading) => heading.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-");

describe("docs/protocol.md", () => {
  const sections = new Set(headings(read("docs/protocol.md")).map((heading) => /^[\d.]+\d|^\d/.exec(heading)?.[0]));

  test("has every section that a comment cites", () => {
    const cited = ["README.md", ...FOLDERS.flatMap(filesIn).filter((name) => TEXTS.test(name))].flatMap((name) =>
      Array.from(read(name).matchAll(CITATION), ([, section]) => ({ name, section })));
    assert.ok(cited.length > 100, "citations are found");
    assert.deepEqual(cited.filter(({ section }) => !sections.has(section)), []);
  });
});

describe("the links of the README and the guides", () => {
  for (const page of pages) {
    test(`lead to files and headings that are there: ${page}`, () => {
      for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [file, heading] = link.split("#");
        const target = file ? path.posix.join(path.posix.dirname(page), file) : page;
        assert.ok(existsSync(path.join(root, target)), `${link}: there is no ${target}`);
        if (heading) assert.ok(headings(read(target)).map(slug).includes(heading), `${link}: there is no such heading`);
      }
    });
  }
});
