// The fault plans of the chaos runs.
import { readFileSync } from "node:fs";

const flaky = JSON.parse(readFileSync(new URL("../../emulator/faults/flaky.json", import.meta.url), "utf8"));

/**
 * One call in five misbehaves. The same seed gives the same calls. Short runs use `stalls: false`, because the client waits
 * 45 s for a stream that falls silent.
 */
export function everyFifth(seed, { stalls = true } = {}) {
  const rules = flaky.rules.map((rule) => ({ ...rule, fault: rule.fault.filter((fault) => stalls || !("stall_after" in fault)) }));
  return { ...flaky, seed, rules };
}

/** One part in five fails, and one completion in five. The bytes may have arrived, or the answer may be lost. */
export function failingParts(seed) {
  const ofParts = flaky.rules.filter(({ route }) => [route].flat().some((name) => name === "part" || name === "complete"));
  const failures = (fault) => fault.filter((fault) => !("delay_ms" in fault));
  return { seed, rules: ofParts.map((rule) => ({ ...rule, fault: failures(rule.fault) })) };
}
