// The emulator as people install it: by npx from the packed launcher and program, and by cargo from its packed crates.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { CRATES, copyCrates, cratesFolder } from "../../../scripts/crates.mjs";
import { nativeRust, packedTarballs, releasedProgram } from "../../../scripts/release-emulator.mjs";
import { find, root } from "../../../scripts/steps.mjs";
import { startProgram, tryAlone } from "../../../scripts/try-program.mjs";
import { launchBrowser } from "../../support/browser.mjs";
import { openPage, partsOf, untilPlaying } from "../../support/page.mjs";
import { writeScenario, told } from "../lab.mjs";
import { run } from "../processes.mjs";

const FIRST_ANSWER_WITHIN_MS = 300;
const STARTS = 7;
/** The largest allowed package of the program: people also download it over slow networks, such as those of hotels. */
const MOST_PACKED_BYTES = 8e6;

const MAIN = `import { fal } from "fal-wasm";
import { runScenario } from "./scenario.mjs";
await runScenario(fal);
`;

const check = (name, needs, work) => ({ name, needs, check: work });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Runs `work` in a folder outside of the repository, and removes the folder. */
async function inEmptyFolder(work) {
  // Use the real path, because npm compares paths.
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "fal-emulator-npx-")));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs packed packages into a folder, without the network. */
function install(folder, tarballs) {
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", ...tarballs], { cwd: folder });
}

/** A PATH with only Node, npx and a shell. */
function pathWithoutCargo(folder) {
  const bin = path.join(folder, "only-these");
  mkdirSync(bin);
  for (const [name, file] of [["node", process.execPath], ["npx", find("npx")], ["sh", "/bin/sh"]]) symlinkSync(realpathSync(file), path.join(bin, name));
  return bin;
}

const BY_NPX = "npx fal-emulator, in an empty folder without cargo: a subscribe and the demo page";

const byNpx = check(BY_NPX, ["emulator", "chromium"], async (lab) => {
  await inEmptyFolder(async (folder) => {
    install(folder, [lab.tarball, ...packedTarballs()]);
    const PATH = pathWithoutCargo(folder);
    const emulator = await startProgram(find("npx"), { cwd: folder, env: { PATH, npm_config_offline: "true" }, args: ["fal-emulator"] });
    try {
      writeScenario(lab, BY_NPX, folder, { "main.mjs": MAIN }, emulator.url);
      const outcome = await told(lab, BY_NPX, process.execPath, ["main.mjs"], { cwd: folder });
      assert.deepEqual(outcome, { subscribe: "ok", upload: "ok" });
      await makeVideoOnThePage(emulator.url);
      const files = /^Files: (.*) \(removed on exit\)$/m.exec(emulator.said())?.[1] ?? "";
      assert.ok(existsSync(files), emulator.said());
      await emulator.stop("SIGINT");
      assert.ok(!existsSync(files), `${files} is left`);
      await assert.rejects(fetch(emulator.url), "nothing listens any more");
      console.log(`    by npx, the first answer came ${Math.round(emulator.firstAnswerMs)} ms after the start`);
    } finally {
      await emulator.stop("SIGKILL");
    }
  });
});

/** Makes a video on the demo page in a browser, from the prompt until it plays. */
async function makeVideoOnThePage(url) {
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openPage(browser, url);
    const { tab, prompt, generate } = partsOf(page);
    await page.getByText("No model is run.").waitFor();
    await tab("Text to video").click();
    await prompt.fill("a quiet sea");
    await generate.click();
    await untilPlaying(page);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

const isFast = check(`fal-emulator answers its first request within ${FIRST_ANSWER_WITHIN_MS} ms of its start`, ["emulator"], () =>
  inEmptyFolder(async (folder) => {
    const times = [];
    for (let at = 0; at < STARTS; at++) {
      const program = await startProgram(releasedProgram, { cwd: folder });
      times.push(program.firstAnswerMs);
      await program.stop();
    }
    console.log(`    first answers of ${STARTS} starts: ${times.map((ms) => Math.round(ms)).join(", ")} ms`);
    assert.ok(median(times) < FIRST_ANSWER_WITHIN_MS, `the median of ${times} ms`);
  }),
);

const isSmall = check(`fal-emulator's packages have less than ${MOST_PACKED_BYTES / 1e6} MB, and name no folder of this machine`, ["emulator"], async () => {
  const sizes = [releasedProgram, ...packedTarballs()].map((file) => ({ file: path.relative(root, file), bytes: statSync(file).size }));
  for (const { file, bytes } of sizes) console.log(`    ${file}: ${(bytes / 1e6).toFixed(2)} MB`);
  assert.ok(sizes.slice(1).reduce((sum, { bytes }) => sum + bytes, 0) < MOST_PACKED_BYTES);
  const program = readFileSync(releasedProgram, "latin1");
  for (const place of [`${os.homedir()}/.cargo`, root]) assert.ok(!program.includes(place), place);
});

const byCargo = check("fal-emulator's packed crates build by themselves, and serve the demo page", ["emulator"], async () => {
  const { cargo, env } = await nativeRust();
  // A folder of its own: otherwise this program would replace the developer's build of the same name.
  const CARGO_TARGET_DIR = path.join(root, "target/packed-crates");
  copyCrates();
  await run(cargo, ["package", "--locked", "--quiet", ...CRATES.flatMap((name) => ["-p", name])], { cwd: cratesFolder, env: { ...env, CARGO_TARGET_DIR } });
  await tryAlone(path.join(CARGO_TARGET_DIR, "debug/fal-emulator"));
});

export const checks = [byNpx, isFast, isSmall, byCargo];
