// Numbers and times in the words of a developer. Pure.

/**
 * Bytes: `312 B`, `1.2 kB`, `34 MB`.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${round(bytes / 1e6)} MB` : `${round(bytes / 1e9)} GB`;
}

/**
 * Milliseconds: `0.4 ms`, `12 ms`, `1.2 s`, `3 min 20 s`.
 * @param {number} ms
 */
export function formatMs(ms) {
  if (ms < 1000) return `${round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1000)} s`;
  return formatLong(ms);
}

/**
 * The time of day of a Unix time: `14:03:59.120`, in the person's zone.
 * @param {number} unixMs
 */
export function formatClock(unixMs) {
  const at = new Date(unixMs);
  /** @param {number} number */
  const two = (number) => String(number).padStart(2, "0");
  const fraction = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${fraction}`;
}

/**
 * How long from `now` until a Unix time: `in 4 s`, `in 59 min`, `now`.
 * @param {number} unixMs
 * @param {number} now
 */
export function formatUntil(unixMs, now) {
  const left = unixMs - now;
  return left < 500 ? "now" : `in ${formatLong(left)}`;
}

/**
 * A number of things: `1 call`, `2 calls`.
 * @param {number} number
 * @param {string} one
 */
export const count = (number, one, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;

/** @param {number} ms */
function formatLong(ms) {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(seconds / 3600);
  const days = Math.floor(seconds / 86_400);
  if (days >= 2) return `${days} days`;
  if (hours >= 1) return `${hours} h ${minutes % 60} min`;
  if (minutes >= 10) return `${minutes} min`;
  if (minutes >= 1) return `${minutes} min ${seconds % 60} s`;
  return `${seconds} s`;
}

/** @param {number} value */
function round(value) {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
