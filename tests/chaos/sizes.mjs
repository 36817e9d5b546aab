// How much of everything: for the figures, and for `npm test`.

/** Counts, bytes, ms; `quiet_ms` is how long no job has ended when all have. */
export const FULL = {
  jobs: { count: 2_000, atOnce: 50, quiet_ms: 8_000 },
  reloads: { reloads: 100, atOnce: 6, quiet_ms: 8_000, within_ms: 600_000 },
  upload: { bytes: 1_000_000_000 },
};

/** Without streams that fall silent: each would take 45 s. */
export const SHORT = {
  jobs: { count: 60, atOnce: 30, quiet_ms: 2_000, stalls: false },
  reloads: { reloads: 6, atOnce: 4, quiet_ms: 2_000, within_ms: 60_000, stalls: false },
  upload: { bytes: 110_000_001 },
};
