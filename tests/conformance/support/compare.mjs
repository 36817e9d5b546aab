// Finds the differences between two observations, and the entries of the table that explain them.

/** The places at which `theirs` and `ours` differ: `[{ path, theirs, ours }]`. */
export function differencesOf(theirs, ours, path = "") {
  if (Object.is(theirs, ours)) return [];
  const bothObjects = isObject(theirs) && isObject(ours) && Array.isArray(theirs) === Array.isArray(ours);
  if (!bothObjects) return [{ path, theirs, ours }];
  const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...keys].flatMap((key) => differencesOf(theirs[key], ours[key], path ? `${path}.${key}` : key));
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

/**
 * Judges a scenario: `{ unexplained, used, stale }`. `unexplained` are the differences that no entry of the table explains,
 * `used` the entries that explain one, `stale` the entries that the scenario names but that explain none.
 */
export function judge(scenario, { theirs, ours }, table) {
  const named = scenario.differs ?? [];
  const entries = table.filter((entry) => entry.everywhere || named.includes(entry.id));
  const used = new Set();
  const unexplained = differencesOf(theirs, ours).filter((difference) => {
    const entry = entries.find((it) => explains(it, difference, { theirs, ours }));
    if (entry) used.add(entry.id);
    return !entry;
  });
  return { unexplained, used, stale: named.filter((id) => !used.has(id)) };
}

function explains(entry, difference, observations) {
  if (entry.at && !entry.at.test(difference.path)) return false;
  return entry.holds ? entry.holds(difference, observations) : true;
}
