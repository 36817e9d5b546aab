// The machine's clock is changed while the client follows a job. Runs in Node, with a faster clock.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { speedUpClock } from "./support/clock.mjs";

const HOUR_MS = 3_600_000;
/** The length of the job, in milliseconds. */
const JOB_MS = 60_000;
/** With a poll delay of a tenth of the job's age there are about 46 polls. One poll every 200 ms would be 300. */
const MOST_POLLS = 120;

let library;
let restore;
before(async () => {
  restore = speedUpClock(50);
  library = await import("../dist/index.js");
});
after(() => restore());

test("polls of an old job stay rare after the clock went back an hour", async (t) => {
  const dateNow = Date.now;
  t.after(() => (Date.now = dateNow));
  const from = performance.now();
  let polls = 0;
  const fetch = async (url, { method }) => {
    if (method === "POST") return Response.json({ status: "IN_QUEUE", request_id: "r1" });
    if (url.includes("/status/stream")) return new Response("", { status: 404 });
    if (!url.includes("/status")) return Response.json({ answer: 42 });
    polls += 1;
    Date.now = () => dateNow() - HOUR_MS;
    return Response.json({ status: performance.now() - from > JOB_MS ? "COMPLETED" : "IN_PROGRESS", request_id: "r1" });
  };
  const fal = library.createFalClient({ credentials: "id:secret", fetch });
  const { data } = await fal.subscribe("acme/app", { input: {} });
  assert.deepEqual(data, { answer: 42 });
  assert.ok(polls < MOST_POLLS, `${polls} polls`);
});
