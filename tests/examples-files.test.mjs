// The JavaScript examples as folders to copy: their versions, their READMEs, and the parts that they share.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { read } from "../scripts/steps.mjs";

const EXAMPLES = ["vanilla", "vite-react", "next", "express-proxy"];
const WITH_PACKAGES = EXAMPLES.filter((name) => name !== "vanilla");

const manifestOf = (...parts) => JSON.parse(read(...parts, "package.json"));

/** Whether a version is in a range such as ^1.2.3. */
function isInRange(version, range) {
  const numbers = /^\^(\d+)\.(\d+)\.(\d+)$/.exec(range)?.slice(1).map(Number);
  assert.ok(numbers, `${range} is a range from a caret`);
  const [major, minor, patch] = version.split(".").map(Number);
  if (major !== numbers[0] || (major === 0 && minor !== numbers[1])) return false;
  return minor > numbers[1] || (minor === numbers[1] && patch >= numbers[2]);
}

/** The versions that the tests run the examples with: of the tools, and of this package. */
const tested = { ...manifestOf("tests/examples").devDependencies, "fal-wasm": manifestOf(".").version };

describe("the dependencies", () => {
  for (const name of WITH_PACKAGES) {
    test(`of examples/${name} are those that it is tested with`, () => {
      const { dependencies, devDependencies } = manifestOf("examples", name);
      for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        assert.ok(isInRange(tested[dependency], range), `${dependency} ${range}: ${tested[dependency]}`);
      }
    });
  }

  test("are compared: another version is found", () => {
    const compared = ["19.4.0", "20.0.0", "19.3.0"].map((version) => isInRange(version, "^19.3.1"));
    assert.deepEqual(compared, [true, false, false]);
    assert.deepEqual([isInRange("0.1.7", "^0.1.0"), isInRange("0.2.0", "^0.1.0")], [true, false]);
  });

  test("have a lock file that names no registry", () => {
    assert.doesNotMatch(read("tests/examples/package-lock.json"), /"resolved"/);
  });
});

describe("the READMEs", () => {
  for (const name of EXAMPLES) {
    test(`of examples/${name} says in three lines what it is, and how to start it without a key and with one`, () => {
      const [title, empty, what, withoutKey, withKey, ...rest] = read("examples", name, "README.md").split("\n");
      assert.match(title, /^# fal-wasm in an? /);
      assert.ok(empty === "" && what);
      assert.match(withoutKey, /^Without a key: .*`npx fal-emulator`/);
      assert.match(withKey, /^With a key: .*`FAL_KEY=… /);
      assert.deepEqual(rest, [""]);
      for (const [, script] of `${withoutKey}${withKey}`.matchAll(/npm (?:run )?(dev|start)/g)) {
        assert.ok(manifestOf("examples", name).scripts[script], `there is a script ${script}`);
      }
    });
  }

  test("name the emulator's proxy where a page has to reach it", () => {
    for (const name of ["next", "express-proxy"]) assert.ok(read("examples", name, "README.md").includes("http://127.0.0.1:8787/api/fal/proxy"), name);
  });
});

describe("the examples", () => {
  test("for Vite and Next have one component and one style, but for what their frameworks ask for", () => {
    const component = (text) => text.replace('"use client";\n\n', "").replace(/(\/\/.*\n)?fal\.config.*\n/, "").replaceAll(/ *<\/?(main)?>\n| *<h1>.*\n/g, "");
    assert.equal(component(read("examples/next/app/image-to-video.tsx")), component(read("examples/vite-react/src/ImageToVideo.tsx")));
    assert.equal(read("examples/next/app/style.css"), read("examples/vite-react/src/style.css"));
  });

  test("without a framework have one page, but for the way to the package and the proxy", () => {
    const page = (text) => text.replaceAll(/ *<script.*\n| *import .*\n\n| *\/\/.*\n *fal\.config.*\n/g, "");
    assert.equal(page(read("examples/express-proxy/public/index.html")), page(read("examples/vanilla/index.html")));
  });
});
