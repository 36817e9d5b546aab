// The types of the package as users get them: dist/ through the package's own `exports`. The programs are in types/. Each of
// its folders has its own set of declarations.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkTypes } from "./support/typescript.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Checks a project in types/. Returns the compiler's messages. */
const said = (project, ...options) => checkTypes(path.join(root, "tests/types", project), ...options);

const LOOSE = ["--exactOptionalPropertyTypes", "false"];
const NODE = ["--module", "nodenext", "--moduleResolution", "nodenext"];

test("the programs are checked against the built package, not its sources", () => {
  const files = said("official-readme", "--listFilesOnly").split("\n");
  assert.ok(files.some((file) => file.endsWith("/dist/index.d.ts")), files.join("\n"));
  assert.ok(!files.some((file) => file.includes("/js/")), files.join("\n"));
});

test("programs in the way of the official README and reference type-check here and there", () => {
  assert.equal(said("official-readme/tsconfig.official.json"), "");
  assert.equal(said("official-readme"), "");
  assert.equal(said("official-readme", ...LOOSE), "");
});

test("the package's types are found as Node finds the package", () => {
  assert.equal(said("official-readme", ...NODE), "");
});

test("own options are taken, and what is wrong is refused", () => {
  assert.equal(said("beyond-official"), "");
  assert.equal(said("beyond-official", ...LOOSE), "");
});

test("options of the official types go in, and results come out as theirs", () => {
  assert.equal(said("alone"), "");
  assert.equal(said("alone", ...LOOSE), "");
});

test("with the official types joined, its endpoints are typed and our clients pass for its", () => {
  assert.equal(said("with-official"), "");
  assert.equal(said("with-official", ...LOOSE), "");
});

for (const [version, project] of [[18, "react/tsconfig.18.json"], [19, "react"]]) {
  test(`the hook is typed by its endpoint, in components of React ${version}`, () => {
    assert.match(said(project, "--listFilesOnly"), version === 18 ? /\/types-react-18\/index\.d\.ts/ : /\/@types\/react\/index\.d\.ts/);
    assert.equal(said(project), "");
    assert.equal(said(project, ...LOOSE), "");
    assert.equal(said(project, ...NODE), "");
  });
}

for (const [where, project] of [["pages and workers", "webhook"], ["Node, without a page's types", "webhook/tsconfig.node.json"]]) {
  test(`webhooks are typed with the types of ${where}`, () => {
    assert.equal(said(project), "");
    assert.equal(said(project, ...LOOSE), "");
    assert.equal(said(project, ...NODE), "");
  });
}

test("no declaration names a TypeScript source, or a file that is not there", () => {
  const dist = path.join(root, "dist");
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.d\.c?ts$/.test(name));
  let followed = 0;
  for (const name of names) {
    const text = readFileSync(path.join(dist, name), "utf8");
    // Skip examples in doc comments: their lines begin with a star.
    for (const [, specifier] of text.matchAll(/^(?! *\*).*(?:from |import\()"([^"]+)"/gm)) {
      if (specifier === "@fal-ai/client/endpoints") continue;
      const kind = name.endsWith(".cts") ? "cjs" : "js";
      assert.match(specifier, new RegExp(`^\\.\\.?/[\\w./-]+\\.${kind}$`), `${name} names ${specifier}`);
      const declared = path.normalize(path.join(path.dirname(name), specifier.replace(/(c?)js$/, "d.$1ts")));
      assert.ok(names.includes(declared), `${name} names ${specifier}`);
      followed += 1;
    }
  }
  assert.ok(followed > 0);
});
