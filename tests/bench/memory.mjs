// The peak of what a page holds: its JavaScript heap, its array buffers, its WebAssembly memories.
const EVERY_MS = 20;

/** Asks the browser again and again until `stop()`, which gives `{ peak }` in bytes. */
export function peakMemory({ page, devtools }) {
  let peak = 0;
  let isStopped = false;
  const watching = watch();

  async function watch() {
    while (!isStopped) {
      const { usedSize, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
      const wasm = await page.evaluate(() => window.meter.wasmBytes());
      peak = Math.max(peak, usedSize + backingStorageSize + wasm);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
  return {
    async stop() {
      isStopped = true;
      await watching;
      return { peak };
    },
  };
}
