// `npm run test:chaos` runs the package in Chromium while one call in five misbehaves, and prints the figures. It fails if a
// figure that must be 0 is not.
// Arguments: `jobs`, `reloads`, `upload` run only these parts; `--seed N` repeats a run; `--short` uses the small sizes of
// `npm run test:chaos-short`.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { buildForPages } from "../../scripts/emulator.mjs";
import { nodeModules } from "../../scripts/setup.mjs";
import { StepError, main, step } from "../../scripts/steps.mjs";

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" }, short: { type: "boolean" } } });
  const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new StepError(`--seed takes a whole number, not ${values.seed}.`);
  await nodeModules();
  // Import these only now: they need the npm packages that the line above installed.
  const { parts } = await import("./parts.mjs");
  const { startChaos } = await import("./setup.mjs");
  const { FULL, SHORT } = await import("./sizes.mjs");
  const { print } = await import("./table.mjs");
  const unknown = positionals.find((name) => !(name in parts));
  if (unknown) throw new StepError(`There is no part ${unknown}; there are ${Object.keys(parts).join(", ")}.`);
  await buildForPages();

  const size = values.short ? SHORT : FULL;
  let missed = 0;
  for (const [name, part] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const chaos = await startChaos();
    try {
      const found = await step(`Chaos: ${name}, seed ${seed}`, () => part.run(chaos, { ...size[name], seed }));
      missed += print(`${name}: ${part.what}`, part.rows(found));
    } finally {
      await chaos.stop();
    }
  }
  console.log(`\nThe same again: npm run test:chaos -- ${[...positionals, "--seed", seed].join(" ")}`);
  if (missed > 0) throw new StepError(`${missed} figures should be 0 and are not.`);
});
