// Measures a page's peak memory: its JavaScript heap, its array buffers and its WebAssembly memories.
const EVERY_MS = 20;

/** Samples the memory until `stop()`, which returns `{ peak }` in bytes. */
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
