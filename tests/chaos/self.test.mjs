// Runs each part of the chaos runs with small sizes and a fixed seed, and checks that the counters find problems.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { count, messagesOf } from "./count.mjs";
import { sharedCache } from "./front/cache.mjs";
import { outages } from "./front/outages.mjs";
import { orderProblems } from "./order.mjs";
import { random } from "./page/random.js";
import { ROUTES } from "./page/routes.js";
import { parts } from "./parts.mjs";
import { figures } from "./reloads.mjs";
import { startChaos } from "./setup.mjs";
import { SHORT } from "./sizes.mjs";
import { missed } from "./table.mjs";

const SEED = 7;
/** The most runs of a client that believes every answer. Each finds each kind of its problems in more than half of them. */
const MOST_RUNS = 12;

describe("chaos", () => {
  let chaos;
  before(async () => (chaos = await startChaos()));
  after(() => chaos?.stop());

  async function run(name) {
    const found = await parts[name].run(chaos, { ...SHORT[name], seed: SEED });
    assert.deepEqual(missed(parts[name].rows(found)), []);
    return found;
  }

  const everyTrouble = ({ cached, worker, spoiled }) => assert.ok(cached > 0 && worker > 0 && spoiled > 0, `${cached} cached, ${worker} by the worker, ${spoiled} spoiled`);

  test("jobs by every route while one call in five misbehaves: all done, none lost, none bought twice, none told wrong", async () => {
    const { completed, routes, planned, struck, front } = await run("jobs");
    assert.equal(completed, SHORT.jobs.count);
    assert.deepEqual(Object.keys(routes).sort(), [...ROUTES].sort());
    assert.ok(struck > planned / 10, `${struck} of ${planned} calls misbehaved`);
    everyTrouble(front);
  });

  test("reloads while jobs run: every result is delivered, in that page or in a later one, and saved until then", async () => {
    const { reloads, delivered, later, front } = await run("reloads");
    assert.equal(reloads.length, SHORT.reloads.reloads);
    assert.ok(delivered > later && later > 0, `${delivered} delivered, ${later} of them later`);
    everyTrouble(front);
  });

  test("a large file while one part in five fails: byte for byte, in little memory", async () => {
    const { struck, reports } = await run("upload");
    assert.ok(struck > 0 && reports > 0, `${struck} parts failed, ${reports} reports`);
  });
});

describe("the plan, for a client that believes every answer", () => {
  let chaos;
  before(async () => (chaos = await startChaos()));
  after(() => chaos?.stop());

  // The emulator has no faults here. All trouble comes from the routes.
  const gullible = { library: "/gullible.js", plan: { rules: [] } };
  const runJobs = (routes, count, seed = SEED) => parts.jobs.run(chaos, { ...SHORT.jobs, ...gullible, seed, routes, count, modes: ["polling"] });
  const runReloads = (seed) => parts.reloads.run(chaos, { ...SHORT.reloads, ...gullible, seed });

  /**
   * Which call an outage or a replay hits depends on the order in which calls arrive, so a single run may lack a kind of
   * problem by chance. Runs with one seed after another until each of these kinds was found.
   */
  async function assertFinds(names, run) {
    const missing = new Set(names);
    for (let seed = SEED; missing.size > 0; seed += 1) {
      assert.ok(seed < SEED + MOST_RUNS, `not found in ${MOST_RUNS} runs: ${[...missing].join(", ")}`);
      const { problems } = await run(seed);
      for (const name of names) if (problems[name].length > 0) missing.delete(name);
    }
  }

  test("goes well without trouble", async () => {
    const { problems, completed } = await runJobs(["plain", "straight"], 8);
    assert.equal(completed, 8);
    assert.deepEqual([problems.lost, problems.wrong, problems.twice, problems.unhandled, problems.key], [[], [], [], [], []]);
  });

  for (const route of ["max-age", "cdn", "deaf-cdn", "worker"]) {
    test(`gives results of other jobs by ${route}`, async () => {
      await assertFinds(["wrong"], (seed) => runJobs([route], 8, seed));
    });
  }

  test("only costs time by a worker that replays answers of the same request", async () => {
    const { completed, problems, front } = await runJobs(["worker-straight"], 8);
    assert.ok(front.worker > 0);
    assert.deepEqual([completed, problems.lost, problems.wrong], [8, [], []]);
  });

  test("loses jobs, buys them twice and takes a page for a result by a proxy that is redeployed", async () => {
    await assertFinds(["lost", "twice", "wrong"], (seed) => runJobs(["redeployed"], 32, seed));
  });

  test("deletes saved requests, and gives results of other jobs, across reloads", async () => {
    await assertFinds(["deleted", "lost", "wrong"], runReloads);
  });
});

describe("the routes", () => {
  const lengths = { between: [1, 4], lengths: [1, 3] };
  const outagesOf = (seed) => {
    const { next } = outages(random(seed), lengths);
    return Array.from({ length: 60 }, next);
  };

  test("have the same outages for the same seed, and others for another", () => {
    assert.deepEqual(outagesOf(7), outagesOf(7));
    assert.notDeepEqual(outagesOf(7), outagesOf(8));
  });

  test("give every kind of answer that is not fal's, for as many calls as was said", () => {
    const kinds = outagesOf(7).map((outage) => outage && `${outage.status} ${outage.headers["content-type"]} ${outage.isProcessed}`);
    assert.ok(new Set(kinds).size > 5, [...new Set(kinds)].join(", "));
    const runs = kinds.map((kind) => (kind ? "x" : " ")).join("").match(/x+| +/g)?.slice(0, -1) ?? [];
    for (const run of runs) assert.ok(run.length <= (run.startsWith("x") ? 3 : 4), `${run.length} of ${run[0]}`);
  });

  test("replay an answer by its URL alone, and past a cache that listens, by no-cache, not", () => {
    const asked = (cache, url, headers = {}) => {
      /** @type {any} */
      const response = { writeHead: () => ({ end: (body) => (response.body = body) }) };
      cache.answer({ method: "GET", url, headers, resume() {} }, response, (/** @type {any} */ { keep } = {}) => {
        response.body = "fresh";
        keep?.({ status: 200, headers: {}, body: "stored" });
      });
      return response.body;
    };
    const noCache = { "cache-control": "no-cache" };
    for (const isDeaf of [false, true]) {
      const cache = sharedCache(random(7), { isDeaf });
      assert.equal(asked(cache, "/a"), "fresh");
      assert.equal(asked(cache, "/b"), "fresh");
      assert.equal(asked(cache, "/a", noCache), isDeaf ? "stored" : "fresh");
      assert.equal(asked(cache, "/b"), "stored");
      assert.equal(cache.replayed(), isDeaf ? 2 : 1);
    }
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

  for (const [what, updates, problem] of /** @type {[string, object[], RegExp][]} */ ([
    ["a status that goes back", [begun, queued, ended], /IN_QUEUE after IN_PROGRESS/],
    ["a position that goes back", [next, queued, ended], /position 1 after 0/],
    ["an update that comes twice", [begun, begun, ended], /the same as before/],
    ["an update after the end", [ended, { ...ended, metrics: {} }], /after the end/],
    ["log lines that are gone", [going, begun, ended], /gone, or changed/],
    ["a log line that comes twice", [{ ...begun, logs: [line("a"), line("a")] }, ended], /there twice/],
    ["a log line that never came", [{ ...ended, logs: [line("a")] }], /the log is \["a"\]/],
    ["an end that never came", [queued, going], /the last update is IN_PROGRESS/],
    ["a status of no protocol", [{ status: "FAILED" }, ended], /status FAILED/],
  ])) {
    test(`notice ${what}`, () => assert.match(orderProblems(updates, { messages }).join("; "), problem));
  }

  const logs = messagesOf(0).map(line);
  /** @type {any} */
  const completed = { marker: "0.1", length: 0, route: "plain", requestId: "r1", result: { data: { marker: "0.1" }, requestId: "r1" }, updates: [{ ...ended, logs }], errors: [] };
  const counted = (calls, jobs, more = {}) =>
    count({ wanted: 1, calls, jobs: new Map(jobs), records: [], unhandled: [], misplaced: [], said: [], key: "secret", ...more });
  const only = (found) => Object.fromEntries(Object.entries(found.problems).filter(([, reasons]) => reasons.length > 0));
  /** @type {(id: string, marker: string | undefined) => [string, { marker: string | undefined }]} */
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
    assert.deepEqual(only(counted([completed], [job("r1", "0.1"), job("r2", "0.1")])), { twice: ["0.1 (plain): r1, r2"] });
    const other = { ...completed, result: { data: { marker: "9.9" }, requestId: "r1" } };
    assert.deepEqual(Object.keys(only(counted([other], [job("r1", "0.1")]))), ["wrong"]);
  });

  test("notice the key in an error, on the console, in a request, and in a header to anyone but fal", () => {
    const found = (more, call = completed) => counted([call], [job("r1", "0.1")], more).problems.key.length;
    const to = (path, more) => ({ records: [{ method: "GET", path, headers: { authorization: "present" }, ...more }] });
    assert.equal(found({}, { ...completed, errors: [{ message: "Key secret is refused" }] }), 1);
    assert.equal(found({ said: ["a warning with secret in it"] }), 1);
    assert.equal(found({ records: [{ path: "/x", query: "key=secret", headers: {} }] }), 1);
    assert.equal(found(to("/files/b/x")), 1);
    assert.equal(found(to("/api/fal/proxy/elsewhere")), 1);
    assert.equal(found(to("/api/fal/proxy")), 0, "the app named this proxy beside the key");
    assert.equal(found(to("/queue.fal.run/chaos/painter")), 0);
  });

  test("of reloads notice what was lost, was deleted, came twice, or belongs to another job", () => {
    const notes = { enqueued: [{ marker: "0.0" }], delivered: [], failed: [] };
    const given = (marker, page, requestId = "r1") => ({ marker, page, requestId, isOwn: true });
    const of = (more, jobs = [job("r1", "0.0")]) => figures({ ...notes, ...more }, new Map(jobs));
    assert.deepEqual(Object.keys(only(of({}))), ["lost", "deleted"]);
    assert.deepEqual(Object.keys(only(of({ left: [{ requestId: "r1", label: { marker: "0.0" } }] }))), ["lost", "left"], "it is still saved");
    const failed = { deleted: [{ marker: "0.0", route: "plain", requestId: "r1", message: "HTTP 404" }] };
    assert.deepEqual(only(of({ ...failed, delivered: [given("0.0", 3)] })), { deleted: ["0.0 (plain): HTTP 404"] }, "its result came late");
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 3)], meddled: [{ marker: "0.0" }] }))), ["wrong"]);
    assert.deepEqual(only(of({ delivered: [given("0.0", 3)] })), {});
    const aborted = { enqueued: [{ marker: "0.0", id: "r1" }], aborted: [{ marker: "0.0", id: "r1" }] };
    assert.deepEqual(Object.keys(only(of(aborted))), ["lost", "deleted"], "no cancel has arrived");
    const cancels = new Set(["r1"]);
    assert.deepEqual(only(figures({ ...notes, ...aborted }, new Map([job("r1", undefined)]), { cancels })), {});
    const died = of({ enqueued: [] });
    assert.deepEqual([only(died), died.died], [{}, 1], "no page knew of it");
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 3), given("0.0", 3)] }))), ["again"]);
    const later = of({ delivered: [given("0.0", 3), given("0.0", 4)] });
    assert.deepEqual([only(later), later.again], [{}, 1], "the page ended before it was forgotten");
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 3, "r2")] }))), ["wrong"]);
    assert.deepEqual(Object.keys(only(of({ delivered: [given("0.0", 0)] }, [job("r1", "0.0"), job("r2", "0.0")]))), ["twice"]);
  });
});
