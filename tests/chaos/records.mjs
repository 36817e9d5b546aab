// Collects the emulator's records during a long run, because the emulator keeps only the latest 20,000 requests.
import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 5_000;

/** Collects the records from now on. `stop()` returns all of them. */
export function collect(emulator) {
  const found = new Map();
  const take = async () => {
    for (const record of await emulator.requests()) found.set(`${record.at_ms} ${record.method} ${record.path}`, record);
  };
  const stopping = new AbortController();
  const taking = (async () => {
    while (!stopping.signal.aborted) {
      await take();
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await taking;
      await take();
      return [...found.values()];
    },
  };
}
