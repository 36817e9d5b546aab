// The sizes of the work: full ones for the figures, and tiny ones for the test that only checks that figures can be had.

/** Counts, bytes, megabytes, ms. `times` is how often each lane is sampled. */
export const FULL = {
  cold: { times: 7 },
  calls: { times: 4, calls: 500 },
  resultBytes: 10_000_000,
  results: { times: 7 },
  latency: { jobs: 30, shortest_ms: 200, longest_ms: 2_000, long_job_ms: 10_000 },
  many: { times: 3, jobs: 40, shortest_ms: 1_000, longest_ms: 3_000 },
  uploads: { small: { times: 9, megabytes: 8 }, large: { times: 3, megabytes: 200 } },
  streams: { times: 4, events: 5_000 },
};

export const TINY = {
  cold: { times: 1 },
  calls: { times: 1, calls: 20 },
  resultBytes: 100_000,
  results: { times: 1 },
  latency: { jobs: 2, shortest_ms: 20, longest_ms: 60, long_job_ms: 600 },
  many: { times: 1, jobs: 3, shortest_ms: 20, longest_ms: 60 },
  // Only files of more than 90 MiB are sent in parts.
  uploads: { small: { times: 1, megabytes: 1 }, large: { times: 1, megabytes: 95 } },
  streams: { times: 1, events: 200 },
};
