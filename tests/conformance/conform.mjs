// Runs every scenario with both packages and judges what differs.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { differences } from "./differences/index.mjs";
import { differencesOf, judge } from "./support/compare.mjs";
import { startLanes } from "./support/lanes.mjs";

const FOLDER = new URL("./scenarios/", import.meta.url);
/** Most scenarios wait, for a page or for the clock, so that more pairs than cores pay off. */
const PAIRS = 4;

/** Every scenario, with the name of its file; `only` is part of an id. */
export async function allScenarios(only = "") {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".mjs")).sort();
  const lists = await Promise.all(
    files.map(async (file) => (await import(String(new URL(file, FOLDER)))).scenarios.map((scenario) => ({ ...scenario, file }))),
  );
  const scenarios = lists.flat();
  const twice = scenarios.find(({ id }, at) => scenarios.findIndex((other) => other.id === id) < at);
  // The page finds a scenario by its id: the second of two would never run.
  if (twice) throw new Error(`Two scenarios have the id ${twice.id}`);
  return scenarios.filter(({ id }) => id.includes(only));
}

/**
 * Runs them: `[{ scenario, verdict, used, problems, theirs, ours }]` in the order of the list. A verdict is
 * "equal", "different" (on purpose) or "unexplained"; `problems` are lines that say why.
 */
export async function conform(scenarios, { pairs = PAIRS } = {}) {
  return inLanes(scenarios, { pairs }, (scenario, seen) => verdict(scenario, seen));
}

/**
 * Runs them with the official client on both sides: `[{ scenario, differences }]`. What differs then is
 * the tests' own doing.
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

/** Entries of the table that no scenario found. */
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

/** An entry that may change anything is no explanation by itself. */
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
