// The programs of the README and of the guides in docs/ must compile with the types of the built package.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { filesIn, read, root } from "../scripts/steps.mjs";
import { startCompiler } from "./support/programs.mjs";

/** Pages with components and server routes, which guides.test.mjs checks. */
const ELSEWHERE = ["docs/react.md", "docs/webhooks.md"];
/** The proxies of the README are programs of the examples, which run in their own tests. */
const PROXIES = ["examples/next/app/api/fal/proxy/route.ts", "examples/express-proxy/server.mjs", "tests/examples/proxies/hono.ts", "examples/vite-react/vite.config.ts"];
const MOST_WORDS = 1_500;

const pages = ["README.md", ...filesIn("docs").filter((name) => name.endsWith(".md") && !ELSEWHERE.includes(name))];

/** The programs: every block of JavaScript or TypeScript, with its page and its heading. */
const everyProgram = pages.flatMap((page) => {
  const text = read(page);
  return Array.from(text.matchAll(/^( *)```[jt]s\n([\s\S]*?)^\1```$/gm), ({ 2: code, index }) => ({
    page,
    heading: Array.from(text.slice(0, index).matchAll(/^#+ (.*)$/gm), ([, words]) => words).at(-1),
    code,
  }));
});
const isProxy = ({ code }) => /server-proxy|defineConfig/.test(code);
const programs = everyProgram.filter((program) => !isProxy(program));

describe("the programs of the README and the guides", () => {
  const compile = startCompiler("readme-programs", "readme.d.ts");

  /** Compiles programs after adding imports. With `official`, for the official client. Returns the compiler's messages. */
  function check(codes, { official = false } = {}) {
    const names = ["fal", "ApiError", "ValidationError", ...(official ? [] : ["FalError"])];
    const withImports = (code) => (code.includes('from "fal-wasm"') ? code : `import { ${names} } from "fal-wasm";\n${code}`);
    const paths = { "fal-wasm": ["../../node_modules/@fal-ai/client/src/index.d.ts"] };
    const files = Object.fromEntries(codes.map((code, at) => [`program-${at + 1}.ts`, withImports(code)]));
    return compile(files, official ? { paths } : {});
  }

  const said = (code) => check([code]);
  const under = (heading) => programs.filter((program) => program.heading === heading).map(({ code }) => code);

  for (const page of pages.filter((page) => programs.some((program) => program.page === page))) {
    test(`type-check: those of ${page}`, () => {
      assert.equal(check(programs.filter((program) => program.page === page).map(({ code }) => code)), "");
    });
  }

  test("are programs for the official client, too, if they only do what it does", () => {
    const headings = ["Subscribe", "Run", "Stream", "Realtime"];
    for (const heading of headings) assert.notEqual(under(heading).length, 0, heading);
    assert.equal(check(headings.flatMap(under), { official: true }), "");
  });

  test("are checked: a misspelt option is found", () => {
    assert.match(said(under("Make a video of a photo")[0].replace("onQueueUpdate", "onQueueUpdates")), /onQueueUpdates/);
  });

  test("change an import and join the official types: its endpoints are typed then, and were not before", () => {
    const [change] = under("Coming from `@fal-ai/client`");
    const [join] = under("TypeScript");
    const call = `const { data } = await fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a cat" } });\n`;
    assert.equal(said(`${change}${join}${call}export const seed: number = data.seed;`), "");
    assert.match(said(`${change}${join}${call}data.video;`), /'video' does not exist/);
    assert.equal(said(`${change}${call}data.video;`), "");
  });
});

test("the proxies of the README are those of the examples, word for word", () => {
  const shown = everyProgram.filter(isProxy).map(({ code }) => code);
  assert.equal(shown.length, PROXIES.length);
  for (const [at, file] of PROXIES.entries()) assert.ok(read(file).includes(shown[at]), file);
});

test("the README is short: at most 1,500 words outside its programs", () => {
  const words = read("README.md").replaceAll(/^```[\s\S]*?^```$/gm, "").split(/\s+/).filter(Boolean);
  assert.ok(words.length <= MOST_WORDS, `${words.length} words`);
});

test("the URLs of the package in the pages name this version, and files of the package", () => {
  const { version, jsdelivr } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const urls = pages.flatMap((page) => Array.from(read(page).matchAll(/\/npm\/fal-wasm@([\d.]+)(\/[^"\s`]*)?/g)));
  assert.notEqual(urls.length, 0);
  for (const [url, named, file = jsdelivr] of urls) {
    assert.equal(named, version, url);
    assert.ok(existsSync(path.join(root, file)), url);
  }
});
