// The plans of the chaos runs.
import { readFileSync } from "node:fs";

const flaky = JSON.parse(readFileSync(new URL("../../emulator/faults/flaky.json", import.meta.url), "utf8"));

/**
 * One call in five misbehaves, each time the same ones for the same seed. `stalls: false` is for short
 * runs: the client gives a stream that falls silent 45 s.
 */
export function everyFifth(seed, { stalls = true } = {}) {
  const rules = flaky.rules.map((rule) => ({ ...rule, fault: rule.fault.filter((fault) => stalls || !("stall_after" in fault)) }));
  return { ...flaky, seed, rules };
}

/** One part in five fails, and one completion: the bytes may have arrived, or the answer is lost. */
export function failingParts(seed) {
  const ofParts = flaky.rules.filter(({ route }) => [route].flat().some((name) => name === "part" || name === "complete"));
  const failures = (fault) => fault.filter((fault) => !("delay_ms" in fault));
  return { seed, rules: ofParts.map((rule) => ({ ...rule, fault: failures(rule.fault) })) };
}
