// Runs every scenario with both packages and judges the differences.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { differences } from "./differences/index.mjs";
import { differencesOf, judge } from "./support/compare.mjs";
import { startLanes } from "./support/lanes.mjs";

const FOLDER = new URL("./scenarios/", import.meta.url);
/** The number of page pairs. Most scenarios wait for a page or the clock, so more pairs than cores save time. */
const PAIRS = 4;

/** All scenarios, each with the name of its file. `only` is part of an id. */
export async function allScenarios(only = "") {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".mjs")).sort();
  const lists = await Promise.all(
    files.map(async (file) => (await import(String(new URL(file, FOLDER)))).scenarios.map((scenario) => ({ ...scenario, file }))),
  );
  const scenarios = lists.flat();
  const twice = scenarios.find(({ id }, at) => scenarios.findIndex((other) => other.id === id) < at);
  // The page finds a scenario by its id. With two of the same id, the second would never run.
  if (twice) throw new Error(`Two scenarios have the id ${twice.id}`);
  return scenarios.filter(({ id }) => id.includes(only));
}

/**
 * Runs the scenarios. Returns `[{ scenario, verdict, used, problems, theirs, ours }]` in the order of the list. A verdict is
 * "equal", "different" (on purpose) or "unexplained". `problems` are lines that give the reasons.
 */
export async function conform(scenarios, { pairs = PAIRS } = {}) {
  return inLanes(scenarios, { pairs }, (scenario, seen) => verdict(scenario, seen));
}

/**
 * Runs the scenarios with the official client on both sides. Returns `[{ scenario, differences }]`. The tests themselves
 * cause any difference that this finds.
 */
export async function conformWithItself(scenarios, { pairs = PAIRS } = {}) {
  return inLanes(scenarios, { pairs, itself: true }, (scenario, { theirs, ours }) => ({ scenario, differences: differencesOf(theirs, ours) }));
}

/**
 * @param {any[]} scenarios
 * @param {{ pairs: number, itself?: boolean }} options
 * @param {(scenario: any, seen: any) => any} judged
 */
async function inLanes(scenarios, { pairs, itself }, judged) {
  const lanes = await startLanes(Math.min(pairs, scenarios.length), { itself });
  const waiting = scenarios.map((scenario, at) => ({ scenario, at }));
  const verdicts = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      verdicts[next.at] = judged(next.scenario, await lanes.run(next.scenario));
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes.count }, work));
  await lanes.stop();
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return verdicts;
}

/** The entries of the table that explain no difference of any scenario. */
export function unfound(verdicts) {
  const found = new Set(verdicts.flatMap(({ used }) => [...used]));
  return differences.filter(({ id }) => !found.has(id)).map(({ id }) => id);
}

function verdict(scenario, seen) {
  const { unexplained, used, stale } = judge(scenario, seen, differences);
  const problems = [
    ...unexplained.map(({ path, theirs, ours }) => `${path}: theirs ${shown(theirs)}, ours ${shown(ours)}`),
    ...stale.map((id) => `"${id}" is named, and nothing differs that way`),
    ...unchecked(scenario),
    ...failedChecks(scenario, seen),
  ];
  const name = problems.length ? "unexplained" : used.size ? "different" : "equal";
  return { scenario, verdict: name, used, problems, ...seen };
}

/** An entry that names no place could explain any difference, so the scenario must have a check of its own. */
function unchecked({ differs = [], check }) {
  if (check) return [];
  const broad = differs.filter((id) => !differences.find((entry) => entry.id === id)?.at);
  return broad.map((id) => `"${id}" names no place: the scenario must check what both did`);
}

function failedChecks(scenario, seen) {
  try {
    scenario.check?.({ ...seen, assert });
    return [];
  } catch (error) {
    return [`check: ${/** @type {Error} */ (error).message}`];
  }
}

function shown(value) {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
