// `npm run bench`: this package, the official client and bare platform code do the same work in one Chromium against one
// emulator. They take turns. Prints medians and ratios.
// Arguments: names of groups to run only these; `--write` writes the table to docs/measurements.md.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { buildForPages } from "../../scripts/emulator.mjs";
import { writePart } from "../../scripts/docs.mjs";
import { nodeModules } from "../../scripts/setup.mjs";
import { StepError, main, step } from "../../scripts/steps.mjs";

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
  await nodeModules();
  // Import these only now: they need the npm packages that the line above installed.
  const { groups } = await import("./groups.mjs");
  const { startBench } = await import("./bench.mjs");
  const { FULL } = await import("./sizes.mjs");
  const { isMet, table } = await import("./table.mjs");
  const unknown = positionals.filter((name) => !(name in groups));
  if (unknown.length > 0) throw new StepError(`There is no group ${unknown[0]}; there are ${Object.keys(groups).join(", ")}.`);
  if (values.write && positionals.length > 0) throw new StepError("docs/measurements.md shows whole runs: name no groups with --write.");
  await buildForPages();

  const bench = await startBench(FULL);
  const measured = [];
  try {
    for (const [name, { rows, measure }] of Object.entries(groups)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      const cells = await step(`Measuring ${name}`, () => measure(bench));
      const found = rows.map((row) => ({ row, cells: cells[row.id] }));
      console.log(table(found));
      measured.push(...found);
    }
    const text = `${table(measured)}\n${conditions(bench)}\n`;
    console.log(`\n${text}`);
    if (values.write) writePart("measures", text);
  } finally {
    await bench.stop();
  }
  const missed = measured.filter(({ row, cells }) => isMet(row, cells) === false);
  console.log(`${missed.length} of ${measured.filter(({ row }) => row.aim).length} aims missed`);
  const failed = measured.find(({ cells }) => cells.floor.failed || cells.ours.failed);
  if (failed) throw new StepError(`Failed: ${failed.row.what}: ${failed.cells.floor.failed ?? failed.cells.ours.failed}`);
});

function conditions(bench) {
  return `Medians in Chromium ${bench.browser.version()} over loopback, on ${cpus().length} cores.`;
}
