// The guides in docs/ for users of the package, and the components of the README. Their programs must compile with the types
// of the built package. Their tables must match the declarations.

import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { read } from "../scripts/steps.mjs";
import { startCompiler } from "./support/programs.mjs";

/** The programs of a Markdown text in these languages. */
const programsIn = (text, languages) => Array.from(text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language, code]) => ({ language, code })).filter(({ language }) => languages.includes(language));

const GUIDES = { "docs/react.md": ["tsx", "ts", "js"], "docs/webhooks.md": ["tsx", "ts", "js"], "README.md": ["tsx"] };
const programs = Object.entries(GUIDES).flatMap(([file, languages]) =>
  programsIn(read(file), languages).map(({ language, code }, at) => ({ file, code, name: `${path.basename(file, ".md")}-${at}.${language === "tsx" ? "tsx" : "ts"}` })),
);

/** The first program that meets the condition. */
function found(isMeant) {
  const program = programs.find(isMeant);
  assert.ok(program);
  return program;
}

/** The first capture group of the pattern. */
function groupOf(pattern, text) {
  const match = pattern.exec(text);
  assert.ok(match, String(pattern));
  return match[1];
}

describe("the programs of the guides", () => {
  const compile = startCompiler("guide-programs", "guides.d.ts");

  /** Compiles the programs with the types of this version of React. Returns the compiler's messages. */
  function said(given, version = 19) {
    const react = version === 18 ? { react: ["../../node_modules/types-react-18"], "react/jsx-runtime": ["../../node_modules/types-react-18/jsx-runtime"] } : {};
    // With Node's types, because Express's handlers get Node's requests.
    return compile(Object.fromEntries(given.map(({ name, code }) => [name, code])), { jsx: "react-jsx", types: ["node"], paths: react });
  }

  for (const version of [18, 19]) {
    test(`type-check, with React ${version}`, () => {
      assert.equal(said(programs, version), "");
    });
  }

  for (const file of Object.keys(GUIDES)) {
    test(`are found in ${file}, and checked`, () => {
      const first = found((program) => program.file === file && /useFal|verifyWebhook/.test(program.code));
      const broken = { ...first, code: first.code.replace(/useFal\(|verifyWebhook\(/, "$&7, ") };
      assert.notEqual(said([broken]), "");
    });
  }

  test("show the image-to-video component in 30 lines", () => {
    const component = found(({ file }) => file === "README.md");
    const lines = component.code.slice(component.code.indexOf("export function")).trim().split("\n");
    assert.ok(lines.length <= 30, `${lines.length} lines`);
  });
});

describe("the tables of the guides", () => {
  const named = (file, name) => new RegExp(`^\\|[^|\n]*\`${name}(?:\\(.*?\\))?\``, "m").test(read(file));
  const declared = (file) => read(`dist/${file}`);

  test("name every field and every function of the hook", () => {
    const types = declared("react/types.d.ts");
    const bodyOf = (name) => groupOf(new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`), types);
    const names = ["JobFields", "RunningJob", "FalJobActions", "UseFalOptions"].flatMap((name) => Array.from(bodyOf(name).matchAll(/^ {4}(?:readonly )?(\w+)\??[:(]/gm), ([, field]) => field));
    assert.ok(names.length >= 14, names.join());
    assert.deepEqual(names.filter((name) => !named("docs/react.md", name)), []);
  });

  test("name every reason of a refused webhook", () => {
    const union = groupOf(/type WebhookErrorReason = ([^;]+);/, declared("webhook/error.d.ts"));
    const rows = read("docs/webhooks.md").split("\n").filter((line) => line.startsWith("| `"));
    assert.deepEqual(Array.from(union.matchAll(/\w+/g), ([reason]) => reason).filter((reason) => !rows.some((row) => row.includes(`\`${reason}\``))), []);
  });
});

test("every export of the two entries has its own comment, with an example", async () => {
  for (const folder of ["react", "webhook"]) {
    const [entry, ...files] = [`${folder}.d.ts`, ...(folder === "react" ? ["types", "use-fal"] : ["error", "types", "verify"]).map((name) => `${folder}/${name}.d.ts`)];
    const exported = Array.from(read(`dist/${entry}`).matchAll(/export (?:type )?\{ ([^}]+) \}/g), ([, names]) => names.split(", ")).flat();
    const text = files.map((file) => read(`dist/${file}`)).join("\n");
    for (const name of exported) {
      const [comment] = new RegExp(`/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\s*export (?:declare )?(?:function|class|interface|type) ${name}\\b`).exec(text) ?? [];
      assert.match(comment ?? "", /@example\n/, name);
    }
  }
});
