// Checks that all files that name the version of a release name the same one.
//
// node scripts/versions.mjs [v1.2.3]    with a tag, also checks that the tag names this version

import { pathToFileURL } from "node:url";
import { main, read, StepError } from "./steps.mjs";

/**
 * Every place that names the version.
 * @returns {{place: string, version: string | undefined}[]}
 */
export function statedVersions() {
  const [client, clientLock, emulator] = ["package.json", "package-lock.json", "emulator/npm/package.json"].map((file) => JSON.parse(read(file)));
  const crates = read("emulator/Cargo.toml");
  const needed = (name) => new RegExp(`^${name} = .*\\bversion = "=([^"]+)"`, "m").exec(crates)?.[1];
  return [
    { place: "package.json", version: client.version },
    { place: "package-lock.json", version: clientLock.packages[""].version },
    { place: "Cargo.toml", version: /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(read("Cargo.toml"))?.[1] },
    { place: "emulator/Cargo.toml, fal-wasm", version: needed("fal-wasm") },
    { place: "emulator/Cargo.toml, fal-emulator-render", version: needed("fal-emulator-render") },
    { place: "emulator/npm/package.json", version: emulator.version },
    ...Object.entries(emulator.optionalDependencies).map(([name, version]) => ({ place: `emulator/npm/package.json, ${name}`, version })),
  ];
}

/**
 * The problems with these versions, one line for each wrong place. Empty if all versions are the same.
 * @param {{place: string, version: string | undefined}[]} stated
 * @param {string} [tag] of the release: `v` and the version
 */
export function versionProblems(stated, tag) {
  const expected = tag ? tag.replace(/^v/, "") : stated[0].version;
  const problems = stated.filter(({ version }) => version !== expected).map(({ place, version }) => `${place} says ${version}, not ${expected}`);
  return tag && !/^v\d+\.\d+\.\d+/.test(tag) ? [`${tag} is no tag of a release: v1.2.3 is one`, ...problems] : problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const stated = statedVersions();
    const problems = versionProblems(stated, process.argv[2]);
    if (problems.length > 0) throw new StepError(`The versions differ:\n  ${problems.join("\n  ")}`);
    console.log(`Version ${stated[0].version}, in all ${stated.length} places.`);
  });
}
