// The types of the package, with compilers of several years and with each way in which they resolve modules.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { tools } from "../lab.mjs";
import { start } from "../processes.mjs";

const NEWEST = fileURLToPath(new URL("../../../node_modules/typescript", import.meta.url));
const VERSIONS = ["4.7", "5.0", "5.9", "6.0", "7"];

const PROGRAM = `import { fal, ApiError, FalError, ValidationError, createFalClient, isFalError } from "fal-wasm";
import type { QueueStatus, Result } from "fal-wasm";
import { fal as inline } from "fal-wasm/inline";
import { fal as slim, init } from "fal-wasm/slim";
import type { ModuleSource } from "fal-wasm/slim";
import type { EndpointTypeMap } from "fal-wasm/endpoints";

declare module "fal-wasm" {
  interface EndpointTypeMap { "acme/up": { input: { scale: number }; output: { factor: number } } }
}

export async function main(source: ModuleSource): Promise<number> {
  await init(source);
  fal.config({ proxyUrl: "/api/fal/proxy" });
  const onQueueUpdate = (update: QueueStatus) => console.log(update.status);
  const { data }: Result<{ factor: number }> = await fal.subscribe("acme/up", { input: { scale: 2 }, onQueueUpdate });
  // @ts-expect-error no such field
  await fal.subscribe("acme/up", { input: { scales: 2 } });
  try {
    await inline.run("acme/app");
    await slim.run("acme/app");
    createFalClient();
  } catch (error) {
    if (error instanceof ValidationError) console.log(error.getFieldErrors("prompt")[0]?.msg, error.fieldErrors);
    else if (error instanceof ApiError) console.log(error.status);
    else if (error instanceof FalError) console.log(error.code);
    else if (isFalError(error)) console.log(error);
  }
  return data.factor;
}

type Video = EndpointTypeMap["fal-ai/kandinsky5-pro/text-to-video"]["output"];
export const url = (it: Video): string | undefined => it.video?.url;
// @ts-expect-error no such field
export const none = (it: Video): string => it.nonsense;
`;

const OFFICIAL_PROGRAM = `import type { EndpointTypeMap, FluxDevInput } from "fal-wasm/endpoints";
export const input: FluxDevInput = { prompt: "a cat" };
export const seed = (it: EndpointTypeMap["fal-ai/flux/dev"]["output"]): number => it.seed;
// @ts-expect-error no such field
export const none = (it: EndpointTypeMap["fal-ai/flux/dev"]["output"]): number => it.nonsense;
`;

/** The ways to resolve modules: for each, the names of the program's files, and the first and last version that knows it. */
const WAYS = [
  { moduleResolution: "node", module: "commonjs", files: ["app.ts"], first: 4.7, last: 6 },
  { moduleResolution: "node16", module: "node16", files: ["app.mts", "app.cts"], first: 4.7, last: 7 },
  { moduleResolution: "bundler", module: "esnext", files: ["app.ts"], first: 5, last: 7 },
];

/**
 * Compiles a project in this folder with this version of the compiler. Returns the compiler's messages.
 * @param {string} folder
 * @param {string} version as in package.json
 * @param {{compilerOptions: object, files: string[]}} project
 */
export async function compile(folder, version, { compilerOptions, files }) {
  const options = { target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [], strict: true, skipLibCheck: true, noEmit: true, ...compilerOptions };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
  const home = version === "7" ? NEWEST : path.join(tools, `typescript${version}`);
  const compiler = start(process.execPath, [path.join(home, "bin/tsc"), "-p", folder]);
  const code = await compiler.ended;
  return code === 0 ? "" : compiler.said() || `ended with ${code}`;
}

/**
 * Makes a folder with the package, and with the official one if `isOfficial`. It is outside of the repository, in which
 * compilers would always find the official package.
 */
function makeProject(lab, program, isOfficial) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fal-wasm-types-"));
  mkdirSync(path.join(folder, "node_modules/@fal-ai"), { recursive: true });
  cpSync(path.join(lab.installed, "node_modules/fal-wasm"), path.join(folder, "node_modules/fal-wasm"), { recursive: true });
  if (isOfficial) cpSync(path.join(tools, "@fal-ai/client"), path.join(folder, "node_modules/@fal-ai/client"), { recursive: true });
  for (const file of ["app.ts", "app.mts", "app.cts"]) writeFileSync(path.join(folder, file), program);
  return folder;
}

async function checkTypes(lab, version, program, isOfficial) {
  const folder = makeProject(lab, program, isOfficial);
  try {
    for (const { moduleResolution, module, files, first, last } of WAYS) {
      if (Number(version) < first || Number(version) > last) continue;
      // With the official package, skip its own types, which need not be correct.
      for (const skipLibCheck of isOfficial ? [true] : [false, true]) {
        const outdated = version === "6.0" && moduleResolution === "node" ? { ignoreDeprecations: "6.0" } : {};
        const compilerOptions = { module, moduleResolution, skipLibCheck, ...outdated };
        assert.equal(await compile(folder, version, { compilerOptions, files }), "", `${moduleResolution}, skipLibCheck ${skipLibCheck}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const checks = VERSIONS.flatMap((version) => [
  { name: `types in TypeScript ${version}, however it finds modules`, needs: ["tools"], check: (lab) => checkTypes(lab, version, PROGRAM, false) },
  { name: `types of fal-wasm/endpoints beside the official package, TypeScript ${version}`, needs: ["tools"], check: (lab) => checkTypes(lab, version, OFFICIAL_PROGRAM, true) },
]);
