// Waits for the end of a page's work. A run that never ends is a finding, too.
const LOOKS_EVERY_MS = 200;

/**
 * Waits until `window.run.isOver()` holds in the page. After `within_ms` it throws, and names the unfinished calls.
 */
export async function untilOver(page, within_ms) {
  try {
    await page.waitForFunction(() => window.run?.isOver(), null, { timeout: within_ms, polling: LOOKS_EVERY_MS });
  } catch (cause) {
    const state = await page.evaluate(async () => ({
      underWay: window.run?.underWay(),
      locks: (await navigator.locks.query()).held?.map(({ name }) => name),
      unhandled: window.unhandled,
    }));
    throw new Error(`${/** @type {Error} */ (cause).message}: ${JSON.stringify(state)}`, { cause });
  }
}
