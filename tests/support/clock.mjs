/**
 * Makes the clock and the timers of this realm run `speed` times faster. Call it before importing the package. It uses nothing
 * outside itself, so that `page.evaluate(speedUpClock, speed)` works.
 * @param {number} speed
 * @returns {() => void} restores the usual clock and timers
 */
export function speedUpClock(speed) {
  /** @type {import("../page.js").Timers} */
  const realm = globalThis;
  const { setTimeout, setInterval } = realm;
  const dateNow = Date.now;
  const performanceNow = performance.now;
  const startDate = dateNow();
  const startPerformance = performanceNow.call(performance);

  realm.setTimeout = (run, ms = 0, ...rest) => setTimeout.call(realm, run, ms / speed, ...rest);
  realm.setInterval = (run, ms = 0, ...rest) => setInterval.call(realm, run, ms / speed, ...rest);
  Date.now = () => Math.round(startDate + (dateNow() - startDate) * speed);
  performance.now = () => startPerformance + (performanceNow.call(performance) - startPerformance) * speed;

  return () => {
    Object.assign(realm, { setTimeout, setInterval });
    Date.now = dateNow;
    performance.now = performanceNow;
  };
}

/** A length for `holdTimers`: no other timer has it, and it does not pass by itself. */
export const HELD_MS = 600_000;

/**
 * Holds the timers of this realm that are set for exactly `held` ms, until `expire()` runs them. A test thus decides when a
 * timeout passes, and on a slow machine it does not pass before the submit. It uses nothing outside itself.
 * @param {number} held in milliseconds
 */
export function holdTimers(held) {
  /** @type {import("../page.js").Timers} */
  const realm = globalThis;
  const { setTimeout, clearTimeout } = realm;
  /** @type {Map<number, () => void>} */
  const timers = new Map();
  realm.setTimeout = (run, ms, ...rest) => {
    const id = setTimeout.call(realm, run, ms, ...rest);
    if (ms === held) timers.set(id, () => run(...rest));
    return id;
  };
  globalThis.expire = () => {
    for (const [id, run] of timers) {
      timers.delete(id);
      clearTimeout.call(realm, id);
      run();
    }
  };
}

/**
 * Stops the clock and the timers of this realm. Only `advance(ms)` moves the time, and runs the timers that become due. Call
 * it before importing the package. It uses nothing outside itself.
 */
export function holdClock() {
  /** @type {import("../page.js").Timers} */
  const realm = globalThis;
  const startDate = Date.now();
  /** @type {Map<number, { run: () => void, at: number, every?: number }>} */
  const timers = new Map();
  let now = 0;
  let last = 0;
  // Browsers slow down timers that are set again and again. They do not slow down messages.
  const { port1, port2 } = new MessageChannel();
  const turn = () => new Promise((resolve) => ((port1.onmessage = resolve), port2.postMessage(0)));

  /** @type {(run: () => void, ms?: number, every?: number) => number} */
  const plan = (run, ms, every) => {
    timers.set(++last, { run, at: now + (ms || 0), every });
    return last;
  };
  realm.setTimeout = (run, ms, ...rest) => plan(() => run(...rest), ms);
  realm.setInterval = (run, ms, ...rest) => plan(() => run(...rest), ms, Math.max(ms || 0, 1));
  realm.clearTimeout = realm.clearInterval = (id) => void timers.delete(id);
  Date.now = () => startDate + now;
  performance.now = () => now;

  globalThis.advance = async (ms) => {
    const end = now + ms;
    for (;;) {
      // Let pending promises run first: they may set further timers.
      await turn();
      const [id, next] = [...timers].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (!next || next.at > end) break;
      now = Math.max(now, next.at);
      if (next.every) next.at = now + next.every;
      else timers.delete(id);
      next.run();
    }
    now = end;
  };
}
