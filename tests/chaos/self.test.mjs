// The chaos runs, short and always with the same seed; and that their counters count.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { count, messagesOf } from "./count.mjs";
import { orderProblems } from "./order.mjs";
import { parts } from "./parts.mjs";
import { figures } from "./reloads.mjs";
import { startChaos } from "./setup.mjs";
import { SHORT } from "./sizes.mjs";

const SEED = 7;

describe("chaos", () => {
  let chaos;
  before(async () => (chaos = await startChaos()));
  after(() => chaos?.stop());

  async function run(name) {
    const found = await parts[name].run(chaos, { ...SHORT[name], seed: SEED });
    const bad = parts[name].rows(found).filter(({ reasons }) => reasons?.length);
    assert.deepEqual(bad, []);
    return found;
  }

  test("jobs while one call in five misbehaves: all done, none lost, none bought twice, none told wrong", async () => {
    const { completed, planned, struck } = await run("jobs");
    assert.equal(completed, SHORT.jobs.count);
    assert.ok(struck > planned / 10, `${struck} of ${planned} calls misbehaved`);
  });

  test("reloads while jobs run: every result is delivered, in that page or in a later one", async () => {
    const { reloads, delivered, later } = await run("reloads");
    assert.equal(reloads.length, SHORT.reloads.reloads);
    assert.ok(delivered > later && later > 0, `${delivered} delivered, ${later} of them later`);
  });

  test("a large file while one part in five fails: byte for byte, in little memory", async () => {
    const { struck, reports } = await run("upload");
    assert.ok(struck > 0 && reports > 0, `${struck} parts failed, ${reports} reports`);
  });
});

describe("the counters", () => {
  const line = (message) => ({ message, timestamp: "2026-01-01T00:00:00" });
  const queued = { status: "IN_QUEUE", queue_position: 1, logs: [] };
  const next = { ...queued, queue_position: 0 };
  const begun = { status: "IN_PROGRESS", logs: [line("a")] };
  const going = { status: "IN_PROGRESS", logs: [line("a"), line("b")] };
  const ended = { status: "COMPLETED", logs: [line("a"), line("b")] };
  const messages = ["a", "b"];

  test("take updates that are in order", () => {
    assert.deepEqual(orderProblems([queued, next, begun, going, ended], { messages }), []);
    assert.deepEqual(orderProblems([ended], { messages }), []);
    assert.deepEqual(orderProblems([queued, queued, begun, begun, ended], { messages, repeats: true }), []);
  });

  for (const [what, updates, problem] of [
    ["a status that goes back", [begun, queued, ended], /IN_QUEUE after IN_PROGRESS/],
    ["a position that goes back", [next, queued, ended], /position 1 after 0/],
    ["an update that comes twice", [begun, begun, ended], /the same as before/],
    ["an update after the end", [ended, { ...ended, metrics: {} }], /after the end/],
    ["log lines that are gone", [going, begun, ended], /gone, or changed/],
    ["a log line that comes twice", [{ ...begun, logs: [line("a"), line("a")] }, ended], /there twice/],
    ["a log line that never came", [{ ...ended, logs: [line("a")] }], /the log is \["a"\]/],
    ["an end that never came", [queued, going], /the last update is IN_PROGRESS/],
    ["a status of no protocol", [{ status: "FAILED" }, ended], /status FAILED/],
  ]) {
    test(`notice ${what}`, () => assert.match(orderProblems(updates, { messages }).join("; "), problem));
  }

  const logs = messagesOf(0).map(line);
  const completed = { marker: "0.1", length: 0, requestId: "r1", result: { data: { marker: "0.1" }, requestId: "r1" }, updates: [{ ...ended, logs }], errors: [] };
  const counted = (calls, jobs, more = {}) =>
    count({ wanted: 1, calls, jobs: new Map(jobs), records: [], unhandled: [], misplaced: [], said: [], key: "secret", ...more });
  const only = (found) => Object.fromEntries(Object.entries(found.problems).filter(([, reasons]) => reasons.length > 0));
  const job = (id, marker) => [id, { marker }];

  test("find nothing where all is well", () => assert.deepEqual(only(counted([completed], [job("r1", "0.1")])), {}));

  test("notice a job that is lost, and not one of which the client said that it may exist", () => {
    const failed = { ...completed, marker: "0.0", requestId: undefined, result: undefined, updates: [], errors: [{ message: "No answer" }] };
    const both = [job("r0", "0.0"), job("r1", "0.1")];
    assert.deepEqual(Object.keys(only(counted([failed, completed], both))), ["lost"]);
    assert.deepEqual(only(counted([failed, completed], [both[1]])), {}, "there was no job");
    const uncertain = counted([{ ...failed, isUncertain: true }, completed], both);
    assert.deepEqual([only(uncertain), uncertain.uncertain], [{}, [1, 1]]);
    assert.deepEqual(Object.keys(only(counted([{ ...failed, requestId: "r0" }, completed], both))), ["lost"], "its id was known");
    assert.deepEqual(only(counted([{ ...failed, isUncertain: true }], [])), { lost: ["job 0 was never done"] });
  });

  test("notice two jobs for one call, and the result of another job", () => {
    assert.deepEqual(only(counted([completed], [job("r1", "0.1"), job("r2", "0.1")])), { twice: ["0.1: r1, r2"] });
    const other = { ...completed, result: { data: { marker: "9.9" }, requestId: "r1" } };
    assert.deepEqual(Object.keys(only(counted([other], [job("r1", "0.1")]))), ["wrong"]);
  });

  test("notice the key in an error, on the console, in a request, and in a header to anyone but fal", () => {
    const found = (more, call = completed) => counted([call], [job("r1", "0.1")], more).problems.key.length;
    const to = (path, more) => ({ records: [{ method: "GET", path, headers: { authorization: "present" }, ...more }] });
    assert.equal(found({}, { ...completed, errors: [{ message: "Key secret is refused" }] }), 1);
    assert.equal(found({ said: ["a warning with secret in it"] }), 1);
    assert.equal(found({ records: [{ path: "/x", query: "key=secret", headers: {} }] }), 1);
    assert.equal(found(to("/api/fal/proxy")), 1);
    assert.equal(found(to("/files/b/x")), 1);
    assert.equal(found(to("/queue.fal.run/chaos/painter")), 0);
  });

  test("of reloads notice what was lost, came twice, or belongs to another job", () => {
    const notes = { enqueued: [{ marker: "0.0" }], delivered: [], failed: [] };
    const given = (marker, page, requestId = "r1") => ({ marker, page, requestId, isOwn: true });
    const of = (more, jobs = [job("r1", "0.0")]) => figures({ ...notes, ...more }, new Map(jobs));
    assert.deepEqual(Object.keys(only(of({}))), ["lost"]);
    assert.deepEqual(only(of({ delivered: [given("0.0", 3)] })), {});
    const died = of({ enqueued: [] });
    assert.deepEqual([only(died), died.died], [{}, 1], "no page knew of it");
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 3), given("0.0", 3)] }))), ["again"]);
    const later = of({ delivered: [given("0.0", 3), given("0.0", 4)] });
    assert.deepEqual([only(later), later.again], [{}, 1], "the page ended before it was forgotten");
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 3, "r2")] }))), ["wrong"]);
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 0)] }, [job("r1", "0.0"), job("r2", "0.0")]))), ["twice"]);
  });
});
