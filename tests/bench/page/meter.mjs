// Records long tasks and the memories of WebAssembly modules. It is passed to pages as the text of a function, and runs
// before any other script.
export function meter() {
  const tasks = [];
  const memories = new Set();
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
  const keep = (instance) => {
    for (const part of Object.values(instance.exports)) if (part instanceof WebAssembly.Memory) memories.add(part);
    return instance;
  };
  const { Instance, instantiate, instantiateStreaming } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, { construct: (target, values) => keep(Reflect.construct(target, values)) });
  const kept = (/** @type {any} */ made) => (keep(made.instance ?? made), made);
  WebAssembly.instantiate = (/** @type {Parameters<typeof instantiate>} */ ...values) => instantiate(...values).then(kept);
  WebAssembly.instantiateStreaming = (/** @type {Parameters<typeof instantiateStreaming>} */ ...values) => instantiateStreaming(...values).then(kept);
  window.meter = {
    /** Forgets the tasks so far. */
    async start() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      tasks.length = 0;
    },
    /** The number of tasks that took more than 50 ms, and the longest of them in ms. */
    async tasks() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { count: tasks.length, longest: Math.max(0, ...tasks.map(({ duration }) => duration)) };
    },
    wasmBytes: () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  };
}
