// Parcel, which reads no "exports" unless told to.

import path from "node:path";
import { makeApp, seen, tool } from "../lab.mjs";
import { run } from "../processes.mjs";
import { versionOf } from "../versions.mjs";

const version = versionOf("parcel", 1);
const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title><script type="module" src="./app.mjs"></script>`;
const main = (library) => `import "./watch.mjs";
import { fal } from "${library}";
import { runScenario } from "./scenario.mjs";
runScenario(fal);
`;

const build = (name, library) => ({
  name,
  needs: ["tools", "chromium"],
  async run(lab) {
    const folder = makeApp(lab, name, { "index.html": PAGE, "app.mjs": main(library) });
    const out = path.join(folder, "out");
    await run(tool("parcel"), ["build", "index.html", "--no-cache", "--dist-dir", out], { cwd: folder });
    return seen(lab, name, { folder: out });
  },
});

export const rows = [
  build(`Parcel ${version}`, "fal-wasm"),
  build(`Parcel ${version}, fal-wasm/inline`, "fal-wasm/inline"),
];
