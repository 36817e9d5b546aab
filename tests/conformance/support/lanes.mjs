// Pairs of pages that run scenarios: one page with the official client, one with this package.
import { launchBrowser } from "../../support/browser.mjs";
import { startEmulator } from "../../support/emulator.mjs";
import { PATIENCE_MS } from "../../support/patience.mjs";
import { startFront } from "./front.mjs";
import { normalise, shownRequest, withoutRepeats } from "./observation.mjs";
import { packageFiles } from "./packages.mjs";

const SIDES = ["theirs", "ours"];

/**
 * Starts `count` pairs. With `itself`, both pages have the official client.
 *
 * - `run(scenario, sides)`: runs a scenario on both sides at the same time. Resolves with `{ theirs, ours }`
 * - `stop()`
 * @param {number} count
 * @param {{ itself?: boolean }} [options]
 */
export async function startLanes(count, { itself } = {}) {
  const emulator = await startEmulator();
  const front = await startFront({ emulator: emulator.url, serve: await packageFiles({ itself }) });
  const browser = await launchBrowser({ args: front.browserArgs });
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const pairs = await Promise.all(Array.from({ length: count }, (_, at) => openPair(context, front, at)));
  const free = [...pairs];

  async function run(scenario, sides = SIDES) {
    const pair = free.pop();
    if (!pair) throw new Error("More scenarios at once than pairs of pages");
    try {
      const seen = await Promise.all(sides.map((side) => observe(pair[side], scenario)));
      return Object.fromEntries(sides.map((side, at) => [side, seen[at]]));
    } finally {
      free.push(pair);
    }
  }

  async function stop() {
    await browser.close();
    await front.stop();
    await emulator.stop();
  }

  return { run, stop, count };
}

async function openPair(context, front, at) {
  const opened = SIDES.map(async (side) => {
    const lane = front.lane(`${side}-${at}`);
    const page = await context.newPage();
    await open(page, lane);
    return { lane, page };
  });
  const [theirs, ours] = await Promise.all(opened);
  return { theirs, ours };
}

async function open(page, lane) {
  await page.goto(`${lane.origin}/`);
  await page.waitForFunction(() => window.conformance);
  await page.evaluate(() => window.conformance.ready);
}

async function observe({ lane, page }, scenario) {
  lane.begin(scenario.answers);
  const run = page.evaluate(([file, id]) => window.conformance.run(file, id), [scenario.file, scenario.id]);
  const seen = await inTime(run);
  const requests = lane.end().map(shownRequest);
  // Load the page again to end remaining timers and requests.
  if (scenario.fresh || seen.hangs) await open(page, lane);
  // If a client sends several requests at once, their order is random.
  const observation = normalise({ requests: scenario.anyOrder ? requests.sort(byText) : requests, ...seen });
  if (!scenario.repeats) return observation;
  return { ...observation, requests: withoutRepeats(observation.requests), notes: withoutRepeats(observation.notes) };
}

function byText(one, other) {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

async function inTime(run) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { hangs: true, outcome: "hangs", notes: [] });
  });
  const failed = run.catch(({ message }) => ({ hangs: true, outcome: `the page failed: ${message}`, notes: [] }));
  const seen = await Promise.race([failed, late]);
  clearTimeout(timer);
  return seen;
}
