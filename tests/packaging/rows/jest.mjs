// Jest with its default settings: test files and packages are CommonJS, and import() does not work.

import path from "node:path";
import { makeApp, told, tool } from "../lab.mjs";
import { versionOf } from "../versions.mjs";

const TEST = `const { fal, ApiError, FalError, ValidationError, isFalError } = require("fal-wasm");
const { runScenario } = require("./scenario.js");

test("an input is refused", async () => {
  const reason = await fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", { input: {} }).catch((error) => error);
  expect(reason).toBeInstanceOf(ValidationError);
  expect(reason).toBeInstanceOf(ApiError);
  expect(isFalError(reason)).toBe(true);
  await expect(fal.queue.status("..", { requestId: "r" })).rejects.toThrow(FalError);
});

test("a call can be replaced", async () => {
  jest.spyOn(fal, "subscribe").mockResolvedValueOnce({ data: 1 });
  expect(await fal.subscribe("acme/app", {})).toEqual({ data: 1 });
  jest.restoreAllMocks();
});

test("the scenario", () => runScenario(fal), 90_000);
`;

// No "type" in package.json, as in most projects that use Jest.
const PACKAGE = JSON.stringify({ private: true });

const jest = (name, test) => ({
  name,
  needs: ["tools"],
  async run(lab) {
    const { build } = await import("esbuild");
    const cwd = makeApp(lab, name, { "package.json": PACKAGE, "app.test.js": test });
    await build({ entryPoints: [path.join(cwd, "scenario.mjs")], outfile: path.join(cwd, "scenario.js"), bundle: true, format: "cjs", logLevel: "error" });
    return told(lab, name, tool("jest"), ["--rootDir", cwd], { cwd });
  },
});

export const rows = [jest(`Jest ${versionOf("jest", 1)}`, TEST)];
