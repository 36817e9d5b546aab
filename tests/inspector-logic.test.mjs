// The pure modules of the inspector's page: state, filter, archive, fault plans and texts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildPlan, checkForm, describeSwitch, drawSeed, FAULTS, SCOPES } from "../emulator/inspector/fault-plan.js";
import { exchangeFilter, isError } from "../emulator/inspector/filter.js";
import { formatBytes, formatMs, formatUntil } from "../emulator/inspector/format.js";
import { buildHar, harName } from "../emulator/inspector/har.js";
import { indentJson } from "../emulator/inspector/json-text.js";
import { mediaIn, mediaKind } from "../emulator/inspector/media.js";
import { outcome } from "../emulator/inspector/outcome.js";
import { describeStanding } from "../emulator/inspector/standing.js";
import { applyEvent, emptyState, knownEndpoints, newestExchanges, newestJobs } from "../emulator/inspector/state.js";
import { harProblems } from "./support/har.mjs";

const ORIGIN = "http://127.0.0.1:8787";
const FILE = "/files/b/01234567/0123456789abcdef01234567_output.mp4";

/** @import { Exchange, FullExchange, Job } from "../emulator/inspector/types.d.ts" */

/**
 * @param {Partial<Exchange>} about
 * @returns {Exchange}
 */
function exchange(about = {}) {
  return {
    id: 1,
    at_ms: 1_800_000_000_000,
    method: "POST",
    path: "/api/fal/proxy",
    target: "https://queue.fal.run/fal-ai/kandinsky5-pro/text-to-video",
    service: "queue",
    route: "submit",
    endpoint: "fal-ai/kandinsky5-pro/text-to-video",
    request_id: "id-1",
    file: null,
    status: 200,
    answered_after_ms: 3,
    ended_after_ms: 4.5,
    ending: "whole",
    is_struck: false,
    request_bytes: 12,
    answer_bytes: 30,
    content_type: "application/json",
    ...about,
  };
}

/**
 * @param {Partial<FullExchange>} about
 * @returns {FullExchange}
 */
function inFull(about = {}) {
  return {
    ...exchange(about),
    request: {
      headers: [["content-type", "application/json"], ["authorization", "Key [redacted]"]],
      body: { bytes: 12, content_type: "application/json", text: '{"prompt":3}', is_cut: false },
    },
    answer: {
      reason: "OK",
      headers: [["content-type", "application/json"]],
      body: { bytes: 30, content_type: "application/json", text: '{"status":"IN_QUEUE"}', is_cut: false },
    },
    ...about,
  };
}

describe("the state", () => {
  const told = (...events) => {
    const state = emptyState();
    for (const [name, data] of events) applyEvent(state, name, data);
    return state;
  };

  test("an exchange that is told again takes the place of what was known", () => {
    const state = told(
      ["exchanges", { oldest: 1, changed: [exchange({ id: 1, status: null }), exchange({ id: 2 })] }],
      ["exchanges", { oldest: 1, changed: [exchange({ id: 1, status: 503 })] }],
    );
    assert.deepEqual(newestExchanges(state).map(({ id, status }) => [id, status]), [[2, 200], [1, 503]]);
  });

  test("what the emulator keeps no longer goes, all of it when it is cleared", () => {
    const state = told(["exchanges", { oldest: 1, changed: [1, 2, 3].map((id) => exchange({ id })) }]);
    applyEvent(state, "exchanges", { oldest: 3, changed: [exchange({ id: 4 })] });
    assert.deepEqual([...state.exchanges.keys()], [3, 4]);
    applyEvent(state, "exchanges", { oldest: 5, changed: [] });
    assert.equal(state.exchanges.size, 0);
  });

  test("another run of the emulator begins with nothing, the same one goes on", () => {
    const state = told(["hello", { run: "a", mode: "emulator", version: "1" }], ["exchanges", { oldest: 1, changed: [exchange()] }]);
    applyEvent(state, "hello", { run: "a", mode: "emulator", version: "1" });
    assert.equal(state.exchanges.size, 1);
    applyEvent(state, "hello", { run: "b", mode: "forward", version: "1" });
    assert.equal(state.exchanges.size, 0);
    assert.equal(state.mode, "forward");
  });

  test("jobs come one by one, and all of them with a new connection", () => {
    /** @returns {Job} */
    const job = (/** @type {string} */ id, /** @type {number} */ at) => ({ request_id: id, submitted_ms: at, endpoint: `a/${id}`, status: "IN_QUEUE", log_lines: 0, last_line: null });
    const state = told(
      ["jobs", { is_first: true, changed: [job("x", 1), job("y", 2)], gone: [] }],
      ["jobs", { is_first: false, changed: [job("z", 3)], gone: ["x"] }],
    );
    assert.deepEqual(newestJobs(state).map(({ request_id: id }) => id), ["z", "y"]);
    applyEvent(state, "jobs", { is_first: true, changed: [job("w", 4)], gone: [] });
    assert.deepEqual([...state.jobs.keys()], ["w"]);
    assert.deepEqual(knownEndpoints(state), ["a/w"]);
  });

  test("events of a newer emulator are passed over", () => {
    assert.deepEqual(told(["weather", { sun: true }]), emptyState());
  });
});

describe("the filter", () => {
  const shows = (wanted, about) => exchangeFilter(wanted)(exchange(about));

  test("every word has to be there, in any case, and none with a minus", () => {
    assert.ok(shows({ text: "POST Kandinsky" }));
    assert.ok(shows({ text: "  " }));
    assert.ok(!shows({ text: "kandinsky flux" }));
    assert.ok(!shows({ text: "-submit" }));
    assert.ok(shows({ text: "-status id-1" }));
    assert.ok(shows({ text: "fault" }, { is_struck: true }));
    assert.ok(shows({ text: "-" }, { path: "/a-b" }), "a minus alone is a word");
  });

  test("a number is a status, and 5xx a hundred of them", () => {
    assert.ok(shows({ text: "503" }, { status: 503 }));
    assert.ok(!shows({ text: "503" }, { status: 200, path: "/503" }));
    assert.ok(shows({ text: "5xx" }, { status: 502 }));
    assert.ok(!shows({ text: "-5xx" }, { status: 502 }));
    assert.ok(!shows({ text: "2xx" }, { status: null }));
  });

  test("errors are answers that say so, and answers that did not come whole", () => {
    /** @type {Partial<Exchange>[]} */
    const errors = [{ status: 404 }, { status: 500 }, { ending: "cut" }, { status: null, ending: "dropped" }, { ending: "left" }];
    for (const about of errors) {
      assert.ok(isError(exchange(about)), JSON.stringify(about));
      assert.ok(shows({ onlyErrors: true }, about));
    }
    for (const about of [{}, { status: 302 }, { status: null, ending: null }]) assert.ok(!shows({ onlyErrors: true }, about), JSON.stringify(about));
  });

  test("polling is hidden where it went well", () => {
    assert.ok(!shows({ hidePolls: true }, { route: "status", status: 202 }));
    assert.ok(shows({ hidePolls: true }, { route: "status", status: 404 }));
    assert.ok(shows({ hidePolls: true }));
  });
});

describe("an archive", () => {
  test("is one by the format, and tells how each request went", () => {
    const har = buildHar([inFull(), inFull({ id: 2, status: 503, is_struck: true })], { origin: ORIGIN, version: "1.0" });
    assert.deepEqual(harProblems(har), []);
    const [{ startedDateTime, time, timings, request, response, _target: target }, struck] = har.log.entries;
    assert.equal(startedDateTime, "2027-01-15T08:00:00.000Z");
    assert.deepEqual([time, timings], [4.5, { send: 0, wait: 3, receive: 1.5 }]);
    assert.equal(request.url, `${ORIGIN}/api/fal/proxy`);
    assert.equal(target, "https://queue.fal.run/fal-ai/kandinsky5-pro/text-to-video");
    assert.deepEqual(request.postData, { mimeType: "application/json", text: '{"prompt":3}' });
    assert.equal(response.content.text, '{"status":"IN_QUEUE"}');
    assert.deepEqual(request.headers[1], { name: "authorization", value: "Key [redacted]" });
    assert.match(struck.comment, /fault on purpose/);
  });

  test("holds queries, cut bodies, and requests without an answer", () => {
    const cut = { bytes: 99, content_type: "text/plain", text: "begin", is_cut: true };
    const open = inFull({ path: "/a?x=1&x=2&y=%26", status: null, ending: null, answered_after_ms: null, ended_after_ms: null, answer: null, answer_bytes: 0 });
    const har = buildHar([open, inFull({ ending: "cut", answer: { reason: "OK", headers: [], body: cut } })], { origin: ORIGIN, version: "1.0" });
    assert.deepEqual(harProblems(har), []);
    const [first, second] = har.log.entries;
    assert.deepEqual(first.request.queryString, [["x", "1"], ["x", "2"], ["y", "&"]].map(([name, value]) => ({ name, value })));
    assert.deepEqual([first.response.status, first.time], [0, 0]);
    assert.match(first.comment, /not over/);
    assert.match(second.response.content.comment ?? "", /beginning/);
    assert.match(second.comment, /broke off/);
  });

  test("bodies of bytes are told by their size", () => {
    const body = { bytes: 5, content_type: "image/png", first_bytes: "89 50" };
    const upload = inFull({ request: { headers: [], body }, request_bytes: 5 });
    const [{ request }] = buildHar([upload], { origin: ORIGIN, version: "1.0" }).log.entries;
    assert.equal(request.postData, undefined);
    assert.equal(request.bodySize, 5);
  });

  test("its validator finds what is wrong", () => {
    const har = buildHar([inFull()], { origin: ORIGIN, version: "1.0" });
    Object.assign(har.log.entries[0].response.content, { mimeType: undefined });
    har.log.entries[0].startedDateTime = "yesterday";
    assert.equal(harProblems(har).length, 2);
  });

  test("is saved under the time at which it was made", () => {
    assert.equal(harName(new Date("2026-11-27T19:04:45Z")), "fal-emulator-2026-11-27T19-04-45.har");
  });
});

describe("a fault plan", () => {
  const form = { fault: "unavailable", scope: "any", endpoint: "", times: 2, chance: 100, seed: 7 };

  test("says what happens to which calls, how often, and by which chance", () => {
    assert.deepEqual(buildPlan({ ...form, endpoint: "a/b" }), {
      seed: 7,
      rules: [{ route: "any", endpoint: "a/b", times: 2, together: true, fault: { kind: "service_unavailable" } }],
    });
    assert.deepEqual(buildPlan({ ...form, fault: "limited", number: 3, scope: "submit", times: undefined, chance: 25 }).rules, [
      { route: "submit", together: true, probability: 0.25, fault: { kind: "rate_limited", retry_after: 3 } },
    ]);
  });

  test("strikes streams where only streams can be struck, and calls without an endpoint wherever they come from", () => {
    assert.deepEqual(buildPlan({ ...form, fault: "cut", number: 1, scope: "submit" }).rules[0].route, ["status_stream", "stream"]);
    const [uploads] = buildPlan({ ...form, scope: "uploads", endpoint: "a/b" }).rules;
    assert.equal(uploads.endpoint, undefined);
    assert.ok(uploads.route.includes("part"));
  });

  test("is told in words", () => {
    const words = (about) => Object.values(describeSwitch({ plan: buildPlan({ ...form, ...about }) })).join("; ");
    assert.equal(words({ endpoint: "a/b" }), "503; the next 2 calls of a/b");
    assert.equal(words({ fault: "slow", number: 3000, times: 1 }), "Slow: 3000 ms; the next call");
    assert.equal(words({ fault: "cut", number: 1, times: undefined }), "Stream cut after 1 event; every call (event streams)");
    assert.equal(words({ fault: "html", scope: "result", chance: 50 }), "HTML instead of JSON; the next 2 calls (result) with a chance of 50 %");
    for (const { id, number } of FAULTS) {
      for (const { id: scope } of SCOPES) assert.doesNotMatch(words({ fault: id, number: number?.value, scope }), /[{}]|undefined/);
    }
  });

  test("numbers that mean nothing are told by their fields", () => {
    const fields = (about) => checkForm({ ...form, ...about }).map(({ field }) => field);
    assert.deepEqual(fields({}), []);
    assert.deepEqual(fields({ times: undefined }), []);
    assert.deepEqual(fields({ times: 0, chance: 0, seed: -1 }), ["times", "chance", "seed"]);
    assert.deepEqual(fields({ fault: "slow", number: 0.5 }), ["number"]);
    assert.deepEqual(fields({ fault: "slow", number: undefined, chance: NaN }), ["number", "chance"]);
    assert.ok(Number.isInteger(drawSeed()) && drawSeed() > 0);
  });
});

describe("JSON for people", () => {
  test("has a line for each field and item", () => {
    assert.equal(indentJson('{"a":[1,{"b":"c"}],"d":{},"e":[]}'), '{\n  "a": [\n    1,\n    {\n      "b": "c"\n    }\n  ],\n  "d": {},\n  "e": []\n}');
    assert.equal(indentJson('"text"'), '"text"');
  });

  test("keeps numbers, order and escapes as they were sent", () => {
    const text = '{"z":12345678901234567890,"a":1.50,"text":"say \\"{,}\\": ok"}';
    assert.equal(indentJson(text), '{\n  "z": 12345678901234567890,\n  "a": 1.50,\n  "text": "say \\"{,}\\": ok"\n}');
    assert.deepEqual(JSON.parse(indentJson('{"a":"x y","b":[true,null,-1e9]}')), { a: "x y", b: [true, null, -1e9] });
  });

  test("may break off anywhere, and what is no JSON stays", () => {
    const whole = '{"a":{"b":"some text"},"c":[1,2]}';
    for (let end = 1; end <= whole.length; end += 1) {
      assert.equal(indentJson(whole.slice(0, end)).replaceAll(/\n *|(?<=:) /g, ""), whole.slice(0, end));
    }
    assert.equal(indentJson("<html>\n</html>"), "<html>\n</html>");
    assert.equal(indentJson("data: {}\n\n"), "data: {}\n\n");
  });
});

describe("media", () => {
  test("are found in results and shown past the record", () => {
    const text = JSON.stringify({ video: { url: ORIGIN + FILE }, again: ORIGIN + FILE, page: `${ORIGIN}/x.html`, other: "https://a.example/a.png" });
    assert.deepEqual(mediaIn(text, { origin: ORIGIN, forwards: false }), [
      { kind: "video", url: `/inspector${FILE}`, name: "output.mp4" },
    ]);
  });

  test("of fal.ai's own hosts are shown from there only where the emulator forwards", () => {
    const url = "https://v3b.fal.media/files/rabbit/abc_output.png";
    assert.deepEqual(mediaIn(`"${url}"`, { origin: ORIGIN, forwards: true }).map((each) => each.url), [url]);
    assert.deepEqual(mediaIn(`"${url}"`, { origin: ORIGIN, forwards: false }), []);
    const stored = `https://v3b.fal.media${FILE}`;
    assert.deepEqual(mediaIn(`"${stored}"`, { origin: ORIGIN, forwards: false }).map((each) => each.url), [`/inspector${FILE}`]);
  });

  test("are no other files, and not from elsewhere", () => {
    for (const url of [`${ORIGIN}/files/b/01234567/../../x.png`, `${ORIGIN}/api/x.png`, "https://evil.example/files/b/01234567/0123456789abcdef01234567_a.png", "http://v3.fal.media/a.png", "https://fal.media.evil.example/a.png"]) {
      assert.deepEqual(mediaIn(`"${url}"`, { origin: ORIGIN, forwards: true }), [], url);
    }
    assert.equal(mediaKind("a.svg", "image/svg+xml"), undefined);
    assert.equal(mediaKind("a.bin", "audio/wav"), "audio");
    assert.equal(mediaKind("output.mp4", "application/octet-stream"), "video");
  });
});

describe("words and numbers", () => {
  test("sizes and times are short", () => {
    assert.deepEqual([0, 999, 1234, 45_678, 3_400_000, 2e9].map(formatBytes), ["0 B", "999 B", "1.2 kB", "46 kB", "3.4 MB", "2 GB"]);
    assert.deepEqual([0.42, 12.3, 999, 1234, 59_000, 200_000, 7_500_000].map(formatMs), ["0.4 ms", "12 ms", "999 ms", "1.2 s", "59 s", "3 min 20 s", "2 h 5 min"]);
    assert.deepEqual([0, 5000, 3_540_000, 7_200_000, 3e8].map((left) => formatUntil(left, 0)), ["now", "in 5 s", "in 59 min", "in 2 h 0 min", "in 3 days"]);
  });

  test("a request's end is a word or a number", () => {
    const word = (about) => outcome(exchange(about)).join(" ");
    assert.equal(word({}), "200 good");
    assert.equal(word({ status: 503 }), "503 bad");
    assert.equal(word({ status: null, ending: null }), "… open");
    assert.equal(word({ ending: null }), "200 … open");
    assert.equal(word({ ending: "cut" }), "200 cut bad");
    assert.equal(word({ status: null, ending: "dropped" }), "dropped bad");
    assert.equal(word({ status: null, ending: "left" }), "left bad");
  });

  test("a job's standing is told by its place, its work or its end", () => {
    const word = (job) => describeStanding(job).join(" ");
    assert.equal(word({ status: "IN_QUEUE", ahead: 0 }), "Next in line open");
    assert.equal(word({ status: "IN_QUEUE", ahead: 3 }), "In line, 3 ahead open");
    assert.equal(word({ status: "IN_PROGRESS" }), "In progress open");
    assert.equal(word({ status: "COMPLETED", error: null }), "Completed good");
    assert.equal(word({ status: "COMPLETED", error: "x", error_type: null }), "Failed bad");
    assert.equal(word({ status: "COMPLETED", error: "x", error_type: "client_cancelled" }), "Cancelled calm");
  });
});
