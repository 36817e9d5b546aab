// Checks whether an app could show the updates of one request in the order in which they came.
const RANKS = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];

/**
 * The problems of a sequence of updates (JSON texts, or objects): a status that goes back; log lines that vanish, change or
 * come twice; the same update twice; no end; missing lines. With `repeats`, the caller asked for a report of every status,
 * changed or not. `messages` are the texts of all log lines, if they are known.
 * @param {any[]} updates
 * @param {{ repeats?: boolean, messages?: string[] }} [options]
 */
export function orderProblems(updates, { repeats = false, messages } = {}) {
  /** @type {string[]} */
  const problems = [];
  /** @type {{ logs: string[], status?: any, queue_position?: any, text?: string }} */
  let before = { logs: [] };
  updates.forEach((given, at) => {
    const text = typeof given === "string" ? given : JSON.stringify(given);
    const update = JSON.parse(text);
    const say = (problem) => problems.push(`update ${at + 1} of ${updates.length}: ${problem}`);
    const rank = RANKS.indexOf(update.status);
    if (rank < 0) say(`status ${update.status}`);
    if (rank < RANKS.indexOf(before.status)) say(`${update.status} after ${before.status}`);
    if (before.status === "COMPLETED" && !repeats) say("comes after the end");
    if (update.queue_position > before.queue_position) say(`position ${update.queue_position} after ${before.queue_position}`);
    if (text === before.text && !repeats) say("the same as before");
    const lines = (update.logs ?? before.logs).map((line) => JSON.stringify(line));
    if (before.logs.some((line, index) => line !== lines[index])) say("log lines are gone, or changed");
    if (new Set(lines).size < lines.length) say("a log line is there twice");
    before = { ...update, text, logs: lines };
  });
  const told = before.logs.map((line) => JSON.parse(line).message);
  if (messages && updates.length > 0 && told.join("\n") !== messages.join("\n")) problems.push(`the log is ${JSON.stringify(told)}`);
  if (updates.length > 0 && before.status !== "COMPLETED") problems.push(`the last update is ${before.status}`);
  return problems;
}
