// The sizes of the chaos runs: full ones for the figures, and short ones.

/**
 * Counts, bytes, ms. `outages`: the least and the most calls of a route between two outages, and within one. A run that
 * takes longer than `within_ms` has failed.
 */
export const FULL = {
  jobs: { count: 2_000, atOnce: 50, outages: { between: [5, 30], lengths: [2, 8] }, within_ms: 1_800_000 },
  reloads: { reloads: 100, atOnce: 6, outages: { between: [5, 30], lengths: [2, 8] }, within_ms: 900_000 },
  upload: { bytes: 1_000_000_000, within_ms: 900_000 },
};

/** Without streams that fall silent, as each takes 45 s. */
export const SHORT = {
  jobs: { count: 64, atOnce: 32, outages: { between: [2, 8], lengths: [1, 4] }, within_ms: 240_000, stalls: false },
  reloads: { reloads: 6, atOnce: 6, outages: { between: [2, 8], lengths: [1, 4] }, within_ms: 120_000, stalls: false },
  upload: { bytes: 110_000_001, within_ms: 120_000 },
};
