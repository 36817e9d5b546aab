// The emulator's records of a long run: it remembers the latest 20,000 requests only.
const EVERY_MS = 5_000;

/** Collects them from now on; `stop()` gives all. */
export function collect(emulator) {
  const found = new Map();
  const take = async () => {
    for (const record of await emulator.requests()) found.set(`${record.at_ms} ${record.method} ${record.path}`, record);
  };
  let isStopped = false;
  const taking = (async () => {
    while (!isStopped) {
      await take();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await taking;
      await take();
      return [...found.values()];
    },
  };
}
