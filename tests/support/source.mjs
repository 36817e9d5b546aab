// Lets Node import a TypeScript module of js/.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

/**
 * Bundles and imports a module. Its path starts at the repository's folder.
 * @param {string} path
 */
export async function importSource(path) {
  const entry = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** A clock that only moves when a test moves it. */
export function handClock() {
  let now = 0;
  /** @typedef {{ run: () => void, at: number }} Timer */
  /** @type {Timer[]} */
  let timers = [];
  return {
    now: () => now,
    /** @type {(run: () => void, delay_ms: number) => { cancel(): void }} */
    later(run, delay_ms) {
      const timer = { run, at: now + delay_ms };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    /**
     * Moves the clock by this many milliseconds. Runs the timers that become due, and the promises that follow from them.
     * @param {number} ms
     */
    async go(ms) {
      const end = now + ms;
      for (;;) {
        const [due] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!due) break;
        timers = timers.filter((other) => other !== due);
        now = Math.max(now, due.at);
        due.run();
        await new Promise(setImmediate);
      }
      now = end;
    },
  };
}
