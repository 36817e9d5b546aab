// A program may contain several copies of the package, such as one for `import` and one for `require`. Each copy recognises
// the errors of the others.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { before, describe, test } from "node:test";
import vm from "node:vm";
import * as imported from "fal-wasm";
import * as inline from "fal-wasm/inline";
import * as slim from "fal-wasm/slim";

const required = createRequire(import.meta.url)("fal-wasm");
const script = new URL("../dist/fal.global.js", import.meta.url);

const KINDS = ["FalError", "SubmitUncertainError", "ApiError", "ValidationError"];
/** For each error class, the classes that its errors are instances of. */
const CHAINS = {
  FalError: ["FalError"],
  SubmitUncertainError: ["FalError", "SubmitUncertainError"],
  ApiError: ["FalError", "ApiError"],
  ValidationError: ["FalError", "ApiError", "ValidationError"],
};

let copies;
before(() => {
  vm.runInThisContext(readFileSync(script, "latin1"));
  copies = { imported, required, inline, slim, script: globalThis.fal };
});

describe("an error of one copy", () => {
  for (const kind of KINDS) {
    test(`is an instance of ${CHAINS[kind].join(" and ")} in every copy, and of no other class`, () => {
      for (const [from, made] of Object.entries(copies)) {
        const error = new made[kind]({ message: "why", status: 422 });
        for (const [to, copy] of Object.entries(copies)) {
          const classes = KINDS.filter((name) => error instanceof copy[name]);
          assert.deepEqual(classes, CHAINS[kind], `${from} to ${to}`);
          assert.equal(copy.isFalError(error), true);
        }
      }
    });
  }

  test("shows its mark neither when it is printed nor as JSON", () => {
    const error = new required.FalError({ message: "why" });
    assert.deepEqual(Reflect.ownKeys(error).filter((key) => Object.getOwnPropertyDescriptor(error, key)?.enumerable).sort(), ["code", "jobMayExist", "name", "requestId"]);
  });
});

test("other values are no errors of the package", () => {
  const look = Object.assign(new Error("why"), { name: "FalError", code: "http" });
  for (const value of [look, new TypeError("why"), {}, null, undefined, "FalError", 1, imported.FalError]) {
    for (const Kind of [imported.FalError, imported.SubmitUncertainError, imported.ApiError, imported.ValidationError]) {
      assert.equal(value instanceof Kind, false);
    }
    assert.equal(imported.isFalError(value), false);
  }
});

test("a class that a program derives has instances of its own only", () => {
  class Mine extends imported.ApiError {}
  const mine = new Mine({ message: "why", status: 500 });
  assert.ok(mine instanceof Mine && mine instanceof imported.ApiError && mine instanceof required.ApiError);
  assert.equal(new imported.ApiError({ message: "why", status: 500 }) instanceof Mine, false);
  assert.equal(new required.ApiError({ message: "why", status: 500 }) instanceof Mine, false);
});

test("a failed call of `require`d code is caught by imported classes", async () => {
  const error = await required.fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", { input: {} }).catch((error) => error);
  assert.ok(error instanceof imported.ValidationError && error instanceof inline.FalError);
  assert.equal(error.getFieldErrors("prompt")[0].msg, "Field required");
});

test("every copy has the same exports, and slim has init, too", () => {
  const names = Object.keys(imported).sort();
  for (const copy of [required, inline, copies.script]) assert.deepEqual(Object.keys(copy).sort(), names);
  assert.deepEqual(Object.keys(slim).sort(), [...names, "init"].sort());
});

test("the plain script is ASCII, so that no charset spoils it, and sets nothing but `fal`", () => {
  const text = readFileSync(script, "latin1");
  assert.doesNotMatch(text, /[^\0-\x7f]/);
  const context = vm.createContext({ Symbol, Error });
  vm.runInContext(text, context);
  assert.deepEqual(Object.keys(context).sort(), ["Error", "Symbol", "fal"]);
});
