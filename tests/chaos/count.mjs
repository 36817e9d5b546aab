// Counts the jobs of a run. It compares the page's record of its calls (`calls`, of page/jobs.js) with the jobs that the
// emulator made (`jobs`, of the ledger) and the requests that it received (`records`).
//
// - submitted: calls of `subscribe`. Each has its own marker in its input
// - completed: calls that returned the result of their own job. Of them, recovered: `subscribe` failed, and the request id
//   in the error led to the result
// - uncertain: calls that failed with `SubmitUncertainError`. The job may exist, and the app submits again, knowing that it
//   may pay twice. Also calls whose submit was answered with a 5xx: the client's documentation says the same of them
// - refused: calls that failed otherwise, without a request id. No job exists
// - lost: jobs that exist, but whose result the page never got, and no error said that they may exist. Also numbers of jobs
//   that were never done
// - billed twice: jobs of one call beyond the first. An uncertain call may have made one job, but not two
import { readFileSync } from "node:fs";
import { keyProblems } from "./keys.mjs";
import { orderProblems } from "./order.mjs";

const painter = JSON.parse(readFileSync(new URL("endpoints/painter.json", import.meta.url), "utf8"));

/** The log of a job with this length. The emulator begins it with a line about the webhook. */
export function messagesOf(length) {
  const { logs } = { ...painter, ...painter.cases.find(({ when }) => when.length === length) };
  return ["The end will be told to the webhook at 127.0.0.1", ...logs.map(({ message }) => message)];
}

/** How a call ended: `completed`, `uncertain`, `gateway`, `refused`, or `failed` if the error or the page had a request id. */
export function endOf({ result, requestId, isUncertain, errors }) {
  if (result) return "completed";
  if (requestId) return "failed";
  if (isUncertain) return "uncertain";
  const [error] = errors;
  return error?.status >= 500 && / from submit\b/.test(error.message) ? "gateway" : "refused";
}

/**
 * The figures. `uncertain` and `gateway` are pairs: the number of such calls, and how many of their jobs exist. `problems`
 * lists the reasons for each figure that must be 0.
 */
export function count({ wanted, calls, jobs, records, unhandled, misplaced, said, key }) {
  /** @type {Record<string, string[]>} */
  const problems = { lost: [], wrong: [], twice: [], order: [], unhandled, key: keyProblems({ calls, records, misplaced, said, key }) };
  const ended = (end) => calls.filter((call) => endOf(call) === end);
  const made = new Map();
  for (const [id, { marker }] of jobs) made.set(marker, [...(made.get(marker) ?? []), id]);
  const existing = (list) => [list.length, list.filter(({ marker }) => made.has(marker)).length];

  for (const call of calls) {
    const { marker, mode, length, route, result, requestId, updates, errors } = call;
    const ids = made.get(marker) ?? [];
    const end = endOf(call);
    if (ids.length > 1) problems.twice.push(`${marker} (${route}): ${ids.join(", ")}`);
    const isLost = end === "failed" || (end === "refused" && ids.length > 0);
    if (isLost) problems.lost.push(`${marker} (${route}, ${requestId}): ${errors.map(({ name, message }) => `${name}: ${message}`).join("; ")}`);
    const isOwn = result?.data?.marker === marker && ids.includes(result.requestId) && requestId === result.requestId;
    if (end === "completed" && !isOwn) problems.wrong.push(`${marker} (${route}, ${requestId}): ${JSON.stringify(result)}`);
    // Check the order only if `subscribe` itself succeeded: after a failure the updates may stop anywhere.
    const told = call.isRecovered || end !== "completed" ? [] : updates;
    if (end === "completed" && !call.isRecovered && updates.length === 0) problems.order.push(`${marker} (${route}, ${mode}): no update at all`);
    for (const problem of orderProblems(told, { repeats: mode === "polling", messages: messagesOf(length) })) {
      problems.order.push(`${marker} (${route}, ${mode}, length ${length}): ${problem}`);
    }
  }
  const completed = ended("completed");
  const done = new Set(completed.map(({ marker }) => marker.split(".")[0]));
  for (let job = 0; job < wanted; job += 1) if (!done.has(String(job))) problems.lost.push(`job ${job} was never done`);
  return {
    wanted,
    submitted: calls.length,
    completed: completed.length,
    routes: byRoute(completed),
    recovered: completed.filter(({ isRecovered }) => isRecovered).length,
    made: jobs.size,
    uncertain: existing(ended("uncertain")),
    gateway: existing(ended("gateway")),
    refused: ended("refused").length,
    slowest: calls.reduce((slowest, call) => (call.ms > slowest.ms ? call : slowest), { ms: 0 }),
    problems,
  };
}

/** The number of calls by each route. */
function byRoute(calls) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const { route } of calls) found[route] = (found[route] ?? 0) + 1;
  return found;
}
