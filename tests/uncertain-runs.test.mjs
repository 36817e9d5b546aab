// If the answer to a run, or to the start of a stream, is lost, it may still cost money. The error says so, as for a submit.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withClient } from "./support/client.mjs";

const client = withClient();
beforeEach(async () => {
  await client.emulator.clearPlan();
  await client.reset();
});
afterEach(() => assert.deepEqual(client.unhandled, []));

/** @type {[string, object, string][]} */
const LOST = [
  ["the connection breaks after it has arrived", { reset: "after" }, "network"],
  ["half of the answer comes", { truncate: true }, "network"],
  ["the answer is no JSON", { malformed: true }, "bad_response"],
];

describe("a run is uncertain where", () => {
  for (const [what, fault, code] of LOST) {
    test(what, async () => {
      await client.emulator.plan({ seed: 1, rules: [{ route: "run", fault }] });
      const { thrown } = await client.run(() => fal.run("emulator/echo", { input: { a: 1 } }).catch((error) => { throw Object.assign(error, { body: error.jobMayExist }); }));
      assert.deepEqual([thrown.name, thrown.code, thrown.body], ["SubmitUncertainError", code, true]);
      assert.match(thrown.message, /another|second|may have arrived|proxy/);
      assert.equal((await client.sent("emulator/echo")).length, 1, "it is not sent again");
    });
  }
});

describe("an error of a run's", () => {
  const jobMayExist = () => client.run(() => fal.run("emulator/echo", { input: { a: 1 } }).catch((error) => [error.name, error.status ?? error.code, error.jobMayExist]));

  for (const [what, fault, expected] of /** @type {[string, object, [string, number, boolean]][]} */ ([
    ["a gateway's 502 says that it may have run", { kind: "bad_gateway" }, ["ApiError", 502, true]],
    ["the model's own failure says that it is over", { kind: "internal_server_error" }, ["ApiError", 500, false]],
    ["a refusal says that it has not run", { status: 429, body: { detail: "later" } }, ["ApiError", 429, false]],
  ])) {
    test(what, async () => {
      await client.emulator.plan({ seed: 1, rules: [{ route: "run", fault }] });
      await client.run(() => fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 1 } }));
      assert.deepEqual(await jobMayExist(), expected);
    });
  }
});

describe("a stream is uncertain where its start is lost,", () => {
  test("and reading the statuses of a request is not", async () => {
    await client.emulator.plan({ seed: 1, rules: [{ route: ["stream", "status_stream"], fault: { reset: "before" } }] });
    const seen = await client.run(async () => {
      fal.config({ proxyUrl: "/api/fal/proxy", retry: { baseDelay: 1, maxRetries: 1 } });
      const facts = ({ name, code, jobMayExist }) => [name, code, jobMayExist];
      const started = await fal.stream("emulator/stream", { input: {} }).then((stream) => stream.done()).catch(facts);
      const read = await fal.queue.streamStatus(TEXT_TO_VIDEO, { requestId: "r1" }).then((stream) => stream.done()).catch(facts);
      return { started, read };
    });
    assert.deepEqual(seen, { started: ["SubmitUncertainError", "network", true], read: ["FalError", "network", false] });
  });
});
