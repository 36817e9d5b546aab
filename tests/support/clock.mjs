/**
 * Lets the clock and the timers of this realm run `speed` times as fast. Call it before the package
 * is imported. It uses nothing outside itself, so that `page.evaluate(speedUpClock, speed)` works.
 * @returns {() => void} puts the usual clock and timers back
 */
export function speedUpClock(speed) {
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
